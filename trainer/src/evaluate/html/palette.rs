//! Colours that readers with any kind of colour vision tell apart, and that survive a grey print.

/// The eight colours of Okabe and Ito (Color Universal Design, 2008) without black and, since it is too light for
/// lines and dots on white, with yellow last.
pub const CATEGORIES: [&str; 7] = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#f0e442",
];

/// What is not known, and what is only there for comparison.
pub const UNKNOWN: &str = "#b5b5b5";

/// Lines of reference.
pub const REFERENCE: &str = "#777777";

/// The colour of category number `index`; beyond the seventh they begin again.
pub fn category(index: usize) -> &'static str {
    CATEGORIES[index % CATEGORIES.len()]
}

/// Every eighth part of matplotlib's map viridis (Smith and van der Walt, 2015, CC0), red, green and blue.
const VIRIDIS: [[u8; 3]; 9] = [
    [68, 1, 84],
    [71, 45, 123],
    [59, 82, 139],
    [44, 114, 142],
    [33, 145, 140],
    [40, 174, 128],
    [94, 201, 98],
    [173, 220, 48],
    [253, 231, 37],
];

/// Every eighth part of matplotlib's map magma (Smith and van der Walt, 2015, CC0): black at 0, for pictures.
const MAGMA: [[u8; 3]; 9] = [
    [0, 0, 4],
    [29, 17, 71],
    [81, 18, 124],
    [131, 38, 129],
    [183, 55, 121],
    [231, 82, 99],
    [252, 137, 97],
    [254, 196, 136],
    [252, 253, 191],
];

/// A scale of colours from 0 to 1 that rises evenly in lightness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Violet to yellow.
    Viridis,
    /// Black to pale yellow.
    Magma,
    /// Black to white.
    Grey,
}

impl Scale {
    /// Red, green and blue at `part`; what is beyond 0 to 1 gets the end's colour, and what is no number 0's.
    pub fn rgb(self, part: f64) -> [u8; 3] {
        let part = part.clamp(0.0, 1.0);
        let points = match self {
            Scale::Viridis => VIRIDIS,
            Scale::Magma => MAGMA,
            Scale::Grey => return [(part * 255.0).round() as u8; 3],
        };
        let place = part * (points.len() - 1) as f64;
        let below = (place as usize).min(points.len() - 2);
        let share = place - below as f64;
        std::array::from_fn(|channel| {
            let [from, to] = [0, 1].map(|step| f64::from(points[below + step][channel]));
            (from + (to - from) * share).round() as u8
        })
    }

    /// The same as SVG writes it.
    pub fn hex(self, part: f64) -> String {
        let [red, green, blue] = self.rgb(part);
        format!("#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_run_from_end_to_end_and_get_lighter() {
        assert_eq!(Scale::Viridis.hex(-1.0), "#440154");
        assert_eq!(Scale::Viridis.hex(1.0), "#fde725");
        assert_eq!(Scale::Viridis.hex(0.5), "#21918c");
        assert_eq!(Scale::Grey.rgb(f64::NAN), [0; 3]);
        for scale in [Scale::Viridis, Scale::Magma, Scale::Grey] {
            let lightness: Vec<f64> = (0..=20)
                .map(|step| {
                    let [red, green, blue] = scale.rgb(f64::from(step) / 20.0).map(f64::from);
                    0.2126 * red + 0.7152 * green + 0.0722 * blue
                })
                .collect();
            assert!(lightness.is_sorted(), "{scale:?}: {lightness:?}");
        }
    }
}
