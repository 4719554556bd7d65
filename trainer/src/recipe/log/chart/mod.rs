//! `losses.png`: the curves of `losses.csv`, one panel above the other.
//!
//! - [`panel`]: which numbers go into which panel, and one panel drawn;
//! - [`axis`]: ranges and ticks;
//! - [`canvas`]: lines and words in colour, and the PNG file.
//!
//! The words are in the bitmap font that the pictures are marked with. A charting library would want a font file of the
//! system's, which a server often lacks, or one of several hundred kilobytes built in.

mod axis;
mod canvas;
mod panel;

use super::super::RecipeError;
use super::LogRow;
use canvas::Canvas;
use panel::Panel;

/// The chart of all epochs so far, as a PNG file.
///
/// # Errors
/// [`RecipeError::Data`] where the picture cannot be encoded.
pub fn png(rows: &[LogRow]) -> Result<Vec<u8>, RecipeError> {
    let encoded = draw(rows).png(&crate::created_by());
    encoded
        .map_err(|error| RecipeError::Data(format!("the loss curves cannot be encoded: {error}")))
}

fn draw(rows: &[LogRow]) -> Canvas {
    let panels = Panel::all(rows);
    let mut canvas = Canvas::white(panel::WIDTH, panel::HEIGHT * panels.len().max(1));
    for (index, panel) in panels.iter().enumerate() {
        panel.draw(&mut canvas, index * panel::HEIGHT, rows);
    }
    canvas
}

#[cfg(test)]
mod tests {
    use super::*;
    use canvas::COLOURS;

    fn rows(losses: &[(&str, f32)]) -> Vec<LogRow> {
        losses
            .iter()
            .enumerate()
            .map(|(index, &(stage, loss))| LogRow {
                stage: stage.into(),
                epoch: index + 1,
                step: 4 * (index + 1),
                numbers: vec![("loss".into(), loss), ("gradient_norm".into(), 2.0 * loss)],
            })
            .collect()
    }

    #[test]
    fn a_falling_loss_falls_from_left_to_right() {
        let losses: Vec<(&str, f32)> = (0..9)
            .map(|epoch| ("joint", 1.0 - 0.1 * epoch as f32))
            .collect();
        let canvas = draw(&rows(&losses));
        assert_eq!(canvas.height(), 2 * panel::HEIGHT);
        // The curve's mean height in the left and in the right third of the plot.
        let height = |from: usize, to: usize| {
            let (mut sum, mut count) = (0, 0);
            for row in 0..panel::HEIGHT {
                for column in from..to {
                    if canvas.pixel(column, row) == COLOURS[0] {
                        sum += row;
                        count += 1;
                    }
                }
            }
            assert!(count > 50, "{count} pixels of the curve");
            sum / count
        };
        let third = (panel::RIGHT - panel::LEFT) / 3;
        let left = height(panel::LEFT, panel::LEFT + third);
        let right = height(panel::RIGHT - third, panel::RIGHT);
        assert!(left + 50 < right, "{left} {right}");
    }

    #[test]
    fn any_numbers_make_a_chart() {
        for losses in [
            vec![],
            vec![("one", 0.5)],
            vec![("one", f32::NAN), ("two", f32::NAN)],
            vec![("one", 0.0), ("one", 0.0)],
            vec![("one", -1.0), ("two", f32::INFINITY), ("two", 3.0)],
            vec![("one", 1e-30), ("one", 1e30), ("two", f32::MAX)],
        ] {
            let file = png(&rows(&losses)).unwrap();
            assert!(file.starts_with(b"\x89PNG"), "{losses:?}");
        }
    }
}
