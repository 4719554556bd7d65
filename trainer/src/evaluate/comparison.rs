//! The figures of several runs side by side, as a Markdown table.

use super::Metrics;

/// A figure's words and where it stands.
type Figure = (&'static str, fn(&Metrics) -> f64);

/// What is compared, with what a constant guess or a perfect decoder would reach beside it.
const FIGURES: [Figure; 15] = [
    ("image L1, ECG to picture", |m| m.image_l1),
    ("image L1, mean image", |m| m.image_l1_mean_image),
    ("image L1, median image", |m| m.image_l1_median_image),
    ("image L1, picture to picture", |m| m.image_l1_autoencoder),
    ("SSIM, ECG to picture", |m| m.image_ssim),
    ("SSIM, mean image", |m| m.image_ssim_mean_image),
    ("SSIM, median image", |m| m.image_ssim_median_image),
    ("SSIM, picture to picture", |m| m.image_ssim_autoencoder),
    ("diversity ratio, ECG to picture", |m| m.diversity_ratio),
    ("diversity ratio, picture to picture", |m| {
        m.diversity_ratio_autoencoder
    }),
    ("retrieval at 1", |m| m.retrieval_at_1),
    ("retrieval at 5", |m| m.retrieval_at_5),
    ("retrieval at 10", |m| m.retrieval_at_10),
    ("latent norm, ECG over MRI", |m| m.latent_norm_ratio),
    ("latent norm, MRI", |m| m.mri_latent_norm_mean),
];

/// One row for each figure and one column for each run, given by its name.
pub fn table(runs: &[(String, Metrics)]) -> String {
    let row = |title: &str, cell: &dyn Fn(&(String, Metrics)) -> String| -> String {
        let cells: String = runs.iter().map(|run| format!(" {} |", cell(run))).collect();
        format!("| {title} |{cells}\n")
    };
    let mut text = row("figure", &|(name, _)| name.clone());
    text += &format!("|---|{}\n", "---:|".repeat(runs.len()));
    text += &row("split, subjects", &|(_, metrics)| {
        format!("{}, {}", metrics.split, metrics.subjects)
    });
    for (title, figure) in FIGURES {
        text += &row(title, &|(_, metrics)| format!("{:.4}", figure(metrics)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_run_has_its_column() {
        let one = Metrics {
            split: "test".to_owned(),
            subjects: 40,
            image_l1: 0.125,
            ..Metrics::default()
        };
        let two = Metrics {
            image_l1: 0.0625,
            ..one.clone()
        };
        let text = table(&[("thesis".to_owned(), one), ("mended".to_owned(), two)]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "| figure | thesis | mended |");
        assert_eq!(lines[1], "|---|---:|---:|");
        assert_eq!(lines[2], "| split, subjects | test, 40 | test, 40 |");
        assert_eq!(lines[3], "| image L1, ECG to picture | 0.1250 | 0.0625 |");
        assert_eq!(lines.len(), 3 + FIGURES.len());
    }
}
