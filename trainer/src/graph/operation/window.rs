//! How a convolution's kernel moves over its input.

use crate::graph::onnx::AttributeProto;

/// Stride and zero padding of a convolution, for each spatial axis. Padding is the same on both sides, dilation is 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    strides: Vec<usize>,
    paddings: Vec<usize>,
}

impl Window {
    /// A stride and a padding for each spatial axis.
    pub fn new(strides: &[usize], paddings: &[usize]) -> Window {
        Window {
            strides: strides.to_vec(),
            paddings: paddings.to_vec(),
        }
    }

    /// One stride and one padding for all spatial axes.
    pub fn square(spatial_axes: usize, stride: usize, padding: usize) -> Window {
        Window {
            strides: vec![stride; spatial_axes],
            paddings: vec![padding; spatial_axes],
        }
    }

    /// Strides, one for each spatial axis.
    pub fn strides(&self) -> &[usize] {
        &self.strides
    }

    /// Zeros put before and after each spatial axis.
    pub fn paddings(&self) -> &[usize] {
        &self.paddings
    }

    /// ONNX settings.
    pub(super) fn attributes(&self, kernel: &[usize]) -> Vec<AttributeProto> {
        let both_sides = [self.paddings.as_slice(), self.paddings.as_slice()].concat();
        vec![
            AttributeProto::sizes("kernel_shape", kernel),
            AttributeProto::sizes("strides", &self.strides),
            AttributeProto::sizes("pads", &both_sides),
        ]
    }

    /// Checks that there is one usable stride and one padding for each spatial axis.
    fn check(&self, spatial_axes: usize) -> Result<(), String> {
        if self.strides.len() != spatial_axes || self.paddings.len() != spatial_axes {
            return Err(format!(
                "the window has {} strides and {} paddings for {spatial_axes} spatial axes: give one of each",
                self.strides.len(),
                self.paddings.len()
            ));
        }
        if self.strides.contains(&0) {
            return Err("a stride of 0 never moves: use 1 or more".to_owned());
        }
        Ok(())
    }

    /// Spatial sizes that a convolution makes.
    pub(super) fn output_sizes(
        &self,
        input: &[usize],
        kernel: &[usize],
    ) -> Result<Vec<usize>, String> {
        self.check(input.len())?;
        (0..input.len())
            .map(|axis| {
                let padded = input[axis] + 2 * self.paddings[axis];
                let room = padded.checked_sub(kernel[axis]).ok_or_else(|| {
                    format!(
                        "a kernel of {} does not fit into {padded} padded samples of spatial axis {axis}: pad more or use a smaller kernel",
                        kernel[axis]
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
        (0..input.len())
            .map(|axis| {
                if extra[axis] >= self.strides[axis] {
                    return Err(format!(
                        "{} extra samples on spatial axis {axis} must be fewer than its stride {}",
                        extra[axis], self.strides[axis]
                    ));
                }
                let reach = input[axis].saturating_sub(1) * self.strides[axis] + kernel[axis];
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
