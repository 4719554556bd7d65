//! Thirty-two hearts of the enriched profile: end-diastole and end-systole in both views.

use std::error::Error;
use std::path::Path;

use ecg2mri_trainer::synthesis::{Profile, Sex, Slice, Truth, sample_subject};

use crate::canvas::{Canvas, Crop, LINE};
use crate::picture::Picture;

/// Subjects, and how many stand beside each other.
const SUBJECTS: u32 = 32;
const COLUMNS: usize = 4;
/// Seed of the cohort they are the first subjects of.
const SEED: u64 = 2025;
/// Side of one picture on the sheet, pixels.
const SIDE: usize = 96;
/// Pixels between subjects.
const GAP: usize = 8;
/// Sides of what is shown of each view, mm.
const SHORT_AXIS_MM: f64 = 136.0;
const FOUR_CHAMBER_MM: f64 = 168.0;
/// In the four-chamber view the atria below the labelled ventricles belong in the middle too, mm.
const ATRIA_BELOW_MM: f64 = 18.0;
/// White is this multiple of blood.
const WHITE: f64 = 1.3;
/// Levels of grey: with more the file grows and the eye sees no difference.
const LEVELS: u16 = 32;

/// Writes the sheet.
///
/// # Errors
/// Where it cannot be written.
pub fn write(path: &Path) -> Result<(), Box<dyn Error>> {
    let across = 4 * SIDE + GAP;
    let down = SIDE + 2 * LINE + GAP;
    let rows = (SUBJECTS as usize).div_ceil(COLUMNS);
    let mut canvas = Canvas::new(COLUMNS * across - GAP, LINE + GAP + rows * down, LEVELS);
    canvas.write(
        "SIMULATED HEARTS (profile enriched): short axis and four-chamber view, each at \
         end-diastole and end-systole",
        [2, 1],
    );
    for number in 0..SUBJECTS {
        let heart = sample_subject(SEED, number, Profile::Enriched).simulate();
        let phases = [0, heart.end_systolic_frame()];
        let views = [
            (heart.short_axis(&phases), SHORT_AXIS_MM, 0.0),
            (heart.four_chamber(&phases), FOUR_CHAMBER_MM, ATRIA_BELOW_MM),
        ];
        let place = number as usize;
        let left = place % COLUMNS * across;
        let top = LINE + GAP + place / COLUMNS * down;
        for (view, (slice, side_mm, lower_mm)) in views.iter().enumerate() {
            let centre = centre(slice, *lower_mm);
            for phase in 0..2 {
                let picture = Picture::of_slice(slice, phase);
                let crop = Crop {
                    centre,
                    side_mm: *side_mm,
                    white: WHITE * picture.blood(),
                };
                let tile_left = left + (2 * view + phase) * SIDE;
                canvas.show(&picture, &crop, [tile_left, top], SIDE);
            }
        }
        let truth = heart.truth();
        canvas.write(&size(heart.subject.sex, &truth), [left + 2, top + SIDE + 1]);
        canvas.write(&conditions(&truth), [left + 2, top + SIDE + LINE]);
    }
    canvas.save(path, "32 simulated hearts")
}

/// The middle of the ventricles at end-diastole, which the sheet shows in its middle in both
/// phases, so that motion is seen.
fn centre(slice: &Slice, lower_mm: f64) -> (f64, f64) {
    let picture = Picture::of_slice(slice, 0);
    let middle = 0.5 * (slice.pixels as f64 - 1.0);
    let (column, row) = picture
        .centre_of(|label| label != 0)
        .unwrap_or((middle, middle));
    (column, row + lower_mm / slice.pixel_mm)
}

fn size(sex: Sex, truth: &Truth) -> String {
    let sex = match sex {
        Sex::Female => "woman",
        Sex::Male => "man",
    };
    format!(
        "{sex} {:.0} y, EDV {:.0} ml, EF {:.0} %, mass {:.0} g, wall {:.1} mm",
        truth.age_years, truth.lvedv_ml, truth.lvef_percent, truth.lvm_g, truth.wall_mm
    )
}

fn conditions(truth: &Truth) -> String {
    if truth.conditions.is_empty() {
        "healthy".to_owned()
    } else {
        truth.conditions.replace('+', ", ")
    }
}
