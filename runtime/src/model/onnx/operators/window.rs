//! Windows that move over a signal or a picture.

use crate::model::limits;
use crate::model::onnx::site::Site;

/// How windows lie: their size, by how much they move, how far apart their points are, and how much is added at the
/// borders, axis by axis.
#[derive(Debug)]
pub(in crate::model::onnx) struct Window {
    kernel: Vec<usize>,
    pub(in crate::model::onnx) strides: Vec<usize>,
    pub(in crate::model::onnx) dilations: Vec<usize>,
    /// Before and after.
    pub(in crate::model::onnx) paddings: Vec<(usize, usize)>,
}

impl Window {
    /// The window of a node, with a kernel of this size.
    pub(in crate::model::onnx) fn of(
        site: &Site<'_, '_>,
        kernel: &[usize],
    ) -> Result<Self, String> {
        let axes = kernel.len();
        if !(1..=2).contains(&axes) {
            return Err(format!(
                "has windows of {axes} axes, where 1 or 2 are meant"
            ));
        }
        if let Some(named) = site.list("kernel_shape")?
            && sizes(named, 1)? != kernel
        {
            return Err(format!(
                "names a kernel of {named:?} and has one of {kernel:?}"
            ));
        }
        let list = |name: &str, least: usize, count: usize| -> Result<Vec<usize>, String> {
            let Some(list) = site.list(name)? else {
                return Ok(vec![least; count]);
            };
            let list = sizes(list, least)?;
            if list.len() != count {
                return Err(format!("has {} {name} where {count} are meant", list.len()));
            }
            Ok(list)
        };
        let pads = list("pads", 0, 2 * axes)?;
        let window = Self {
            kernel: kernel.to_vec(),
            strides: list("strides", 1, axes)?,
            dilations: list("dilations", 1, axes)?,
            paddings: (0..axes)
                .map(|axis| (pads[axis], pads[axis + axes]))
                .collect(),
        };
        for axis in 0..axes {
            let (before, after) = window.paddings[axis];
            if before.max(after) >= window.extent(axis) {
                return Err("has windows that lie in the padding alone".into());
            }
        }
        Ok(window)
    }

    /// The kernel that a node names.
    pub(in crate::model::onnx) fn named_kernel(site: &Site<'_, '_>) -> Result<Vec<usize>, String> {
        let named = site.list("kernel_shape")?.ok_or("lacks kernel_shape")?;
        sizes(named, 1)
    }

    fn extent(&self, axis: usize) -> usize {
        self.dilations[axis] * (self.kernel[axis] - 1) + 1
    }

    /// How many windows there are along each axis.
    pub(in crate::model::onnx) fn count(&self, spatial: &[usize]) -> Result<Vec<usize>, String> {
        self.check_axes(spatial)?;
        let axes = spatial.iter().enumerate();
        axes.map(|(axis, size)| {
            let (before, after) = self.paddings[axis];
            let room = (size + before + after).checked_sub(self.extent(axis));
            let room = room.ok_or_else(|| {
                format!("has a window of {} for {size} values", self.extent(axis))
            })?;
            Ok(room / self.strides[axis] + 1)
        })
        .collect()
    }

    /// The sizes of what a convolution with these windows makes so large, where `extra` is left over at the end.
    pub(in crate::model::onnx) fn spread(
        &self,
        spatial: &[usize],
        extra: &[usize],
    ) -> Result<Vec<usize>, String> {
        self.check_axes(spatial)?;
        let axes = spatial.iter().enumerate();
        axes.map(|(axis, size)| {
            let (before, after) = self.paddings[axis];
            let extra = extra.get(axis).copied().unwrap_or(0);
            if extra >= self.strides[axis] {
                return Err(format!(
                    "adds {extra} at the end to strides of {}",
                    self.strides[axis]
                ));
            }
            let whole = (size - 1)
                .saturating_mul(self.strides[axis])
                .saturating_add(self.extent(axis) + extra);
            whole
                .checked_sub(before + after)
                .filter(|size| *size > 0)
                .ok_or_else(|| "pads away all that it makes".into())
        })
        .collect()
    }

    fn check_axes(&self, spatial: &[usize]) -> Result<(), String> {
        if spatial.len() == self.kernel.len() {
            return Ok(());
        }
        Err(format!(
            "moves windows of {} axes over {}",
            self.kernel.len(),
            spatial.len()
        ))
    }
}

/// Sizes that are at least `least` and no more than any signal is long.
pub(in crate::model::onnx) fn sizes(list: &[i64], least: usize) -> Result<Vec<usize>, String> {
    let size = |&value: &i64| {
        let size = usize::try_from(value).ok();
        size.filter(|size| (least..=limits::WINDOW_STEP).contains(size))
    };
    let sizes: Option<Vec<usize>> = list.iter().map(size).collect();
    sizes.ok_or_else(|| {
        let most = limits::WINDOW_STEP;
        format!("has sizes {list:?}, where {least} to {most} are meant")
    })
}
