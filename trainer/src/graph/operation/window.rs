//! How a convolution's kernel moves over its input.

use crate::graph::onnx::AttributeProto;

/// Stride, zero padding and dilation of a convolution for each spatial axis, and its channel groups. Padding is the same
/// on both sides; where it is not to be, pad first with [`crate::graph::Graph::pad`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    strides: Vec<usize>,
    paddings: Vec<usize>,
    dilations: Vec<usize>,
    groups: usize,
}

impl Window {
    /// A stride and a padding for each spatial axis; dilation 1 and one group.
    pub fn new(strides: &[usize], paddings: &[usize]) -> Window {
        Window {
            strides: strides.to_vec(),
            paddings: paddings.to_vec(),
            dilations: vec![1; strides.len()],
            groups: 1,
        }
    }

    /// One stride and one padding for all spatial axes; dilation 1 and one group.
    pub fn square(spatial_axes: usize, stride: usize, padding: usize) -> Window {
        Window::new(&vec![stride; spatial_axes], &vec![padding; spatial_axes])
    }

    /// The same with the kernel's taps this far apart along each spatial axis (Yu & Koltun 2016); 1 is next to each other.
    #[must_use]
    pub fn dilated(mut self, dilations: &[usize]) -> Window {
        self.dilations = dilations.to_vec();
        self
    }

    /// The same with input and output channels in this many groups, each convolved by itself (Krizhevsky et al. 2012);
    /// as many groups as input channels make it depthwise.
    #[must_use]
    pub fn grouped(mut self, groups: usize) -> Window {
        self.groups = groups;
        self
    }

    /// Strides, one for each spatial axis.
    pub fn strides(&self) -> &[usize] {
        &self.strides
    }

    /// Zeros put before and after each spatial axis.
    pub fn paddings(&self) -> &[usize] {
        &self.paddings
    }

    /// Distances between the kernel's taps, one for each spatial axis.
    pub fn dilations(&self) -> &[usize] {
        &self.dilations
    }

    /// Channel groups.
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// Samples that a kernel spans along a spatial axis.
    pub(super) fn span(&self, axis: usize, kernel: &[usize]) -> usize {
        self.dilations[axis] * kernel[axis].saturating_sub(1) + 1
    }

    /// ONNX settings. What ONNX takes for granted is left out.
    pub(super) fn attributes(&self, kernel: &[usize]) -> Vec<AttributeProto> {
        let both_sides = [self.paddings.as_slice(), self.paddings.as_slice()].concat();
        let mut attributes = vec![
            AttributeProto::sizes("kernel_shape", kernel),
            AttributeProto::sizes("strides", &self.strides),
            AttributeProto::sizes("pads", &both_sides),
        ];
        if self.dilations.iter().any(|dilation| *dilation != 1) {
            attributes.push(AttributeProto::sizes("dilations", &self.dilations));
        }
        if self.groups != 1 {
            attributes.push(AttributeProto::integer("group", self.groups as i64));
        }
        attributes
    }

    /// Checks that there is one usable stride, dilation and padding for each spatial axis, and a group.
    fn check(&self, spatial_axes: usize) -> Result<(), String> {
        let counts = [&self.strides, &self.paddings, &self.dilations].map(Vec::len);
        if counts != [spatial_axes; 3] {
            return Err(format!(
                "the window has {} strides, {} paddings and {} dilations for {spatial_axes} spatial axes: give one of each",
                counts[0], counts[1], counts[2]
            ));
        }
        if self.strides.contains(&0) || self.dilations.contains(&0) || self.groups == 0 {
            return Err(
                "a stride or dilation of 0 never moves and 0 groups hold no channels: use 1 or more"
                    .to_owned(),
            );
        }
        Ok(())
    }

    /// Spatial sizes that a convolution or pooling makes.
    pub(super) fn output_sizes(
        &self,
        input: &[usize],
        kernel: &[usize],
    ) -> Result<Vec<usize>, String> {
        self.check(input.len())?;
        if kernel.len() != input.len() || kernel.contains(&0) {
            return Err(format!(
                "the kernel {kernel:?} needs a size of at least 1 for each of {} spatial axes",
                input.len()
            ));
        }
        (0..input.len())
            .map(|axis| {
                let padded = input[axis] + 2 * self.paddings[axis];
                let span = self.span(axis, kernel);
                let room = padded.checked_sub(span).ok_or_else(|| {
                    format!(
                        "a kernel of {span} does not fit into {padded} padded samples of spatial axis {axis}: pad more or use a smaller kernel"
                    )
                })?;
                Ok(room / self.strides[axis] + 1)
            })
            .collect()
    }

    /// Spatial sizes that a transposed convolution makes, `extra` samples added at each axis's end.
    pub(super) fn transposed_sizes(
        &self,
        input: &[usize],
        kernel: &[usize],
        extra: &[usize],
    ) -> Result<Vec<usize>, String> {
        self.check(input.len())?;
        if extra.len() != input.len() {
            return Err(format!(
                "there are {} output paddings for {} spatial axes: give one for each",
                extra.len(),
                input.len()
            ));
        }
        (0..input.len())
            .map(|axis| {
                let limit = self.strides[axis].max(self.dilations[axis]);
                if extra[axis] >= limit {
                    return Err(format!(
                        "an output padding of {} on spatial axis {axis} must be below {limit}, the greater of stride and dilation",
                        extra[axis]
                    ));
                }
                let reach =
                    input[axis].saturating_sub(1) * self.strides[axis] + self.span(axis, kernel);
                (reach + extra[axis])
                    .checked_sub(2 * self.paddings[axis])
                    .filter(|size| *size > 0)
                    .ok_or_else(|| {
                        format!("the padding removes all of spatial axis {axis}: pad less")
                    })
            })
            .collect()
    }
}
