//! One picture with its labels, real or simulated.

use ecg2mri_trainer::synthesis::Slice;

/// Label of the left ventricle's cavity.
pub const LV_BLOOD: u8 = 1;

/// A picture of square pixels, row by row from the top left.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Size of a pixel, mm.
    pub pixel_mm: f64,
    /// Signal in any unit, (row, column).
    pub signal: Vec<f32>,
    /// 0 other, 1 LV cavity, 2 LV muscle, 3 RV cavity (UK Biobank's convention), (row, column).
    pub labels: Vec<u8>,
}

impl Picture {
    /// Picture `index` of a simulated slice.
    pub fn of_slice(slice: &Slice, index: usize) -> Self {
        Self {
            width: slice.pixels,
            height: slice.pixels,
            pixel_mm: slice.pixel_mm,
            signal: signal_of(slice, index),
            labels: slice.labels[index].clone(),
        }
    }

    /// Signal at this column and row by bilinear interpolation; beyond the border it is 0.
    pub fn signal_at(&self, column: f64, row: f64) -> f64 {
        let (left, top) = (column.floor(), row.floor());
        let (along, down) = (column - left, row - top);
        let at = |x: f64, y: f64| {
            if x < 0.0 || y < 0.0 || x >= self.width as f64 || y >= self.height as f64 {
                return 0.0;
            }
            f64::from(self.signal[y as usize * self.width + x as usize])
        };
        let upper = at(left, top) * (1.0 - along) + at(left + 1.0, top) * along;
        let lower = at(left, top + 1.0) * (1.0 - along) + at(left + 1.0, top + 1.0) * along;
        upper * (1.0 - down) + lower * down
    }

    /// Middle (column, row) of the pixels whose label is wanted, if there are any.
    pub fn centre_of(&self, wanted: impl Fn(u8) -> bool) -> Option<(f64, f64)> {
        let (mut count, mut columns, mut rows) = (0.0, 0.0, 0.0);
        for (pixel, _) in (0..).zip(&self.labels).filter(|(_, label)| wanted(**label)) {
            let pixel: usize = pixel;
            count += 1.0;
            columns += (pixel % self.width) as f64;
            rows += (pixel / self.width) as f64;
        }
        (count > 0.0).then(|| (columns / count, rows / count))
    }

    /// The signal that stands for white blood: the median of the LV's cavity, or the picture's
    /// 98th percentile where nothing is labelled.
    pub fn blood(&self) -> f64 {
        let mut cavity: Vec<f32> = (self.signal.iter().zip(&self.labels))
            .filter(|(_, label)| **label == LV_BLOOD)
            .map(|(signal, _)| *signal)
            .collect();
        let fraction = if cavity.is_empty() { 0.98 } else { 0.5 };
        if cavity.is_empty() {
            cavity.clone_from(&self.signal);
        }
        cavity.sort_by(f32::total_cmp);
        let at = (fraction * (cavity.len().saturating_sub(1)) as f64) as usize;
        cavity.get(at).map_or(1.0, |signal| f64::from(*signal))
    }
}

/// The signal of one frame relative to blood.
fn signal_of(slice: &Slice, index: usize) -> Vec<f32> {
    let blood = slice.blood_units as f32;
    slice.images[index]
        .iter()
        .map(|&units| f32::from(units) / blood)
        .collect()
}
