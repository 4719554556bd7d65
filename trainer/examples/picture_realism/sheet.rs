//! Real and simulated pictures at one scale, for the eye.

use std::error::Error;
use std::path::Path;

use ecg2mri_trainer::synthesis::{Profile, sample_subject};

use crate::Pair;
use crate::canvas::{Canvas, Crop, LINE};
use crate::dicom;
use crate::picture::Picture;
use crate::real;

/// Pictures beside each other.
const COLUMNS: usize = 10;
/// Side of a short-axis tile, pixels and mm.
const SIDE: usize = 176;
const SHORT_AXIS_MM: f64 = 132.0;
/// Side of a four-chamber tile, mm: the atria are seen too.
const FOUR_CHAMBER_MM: f64 = 176.0;
/// White is this multiple of blood.
const WHITE: f64 = 1.3;
/// The real four-chamber cine is shown in its first frame and in this one.
const FOUR_CHAMBER_PHASES: [&str; 2] = ["ph00.dcm", "ph09.dcm"];

/// Writes the sheet.
///
/// # Errors
/// Where a real picture cannot be read or the sheet cannot be written.
pub fn write(
    path: &Path,
    data: &Path,
    real: &[Pair],
    simulated: &[Pair],
    seed: u64,
) -> Result<(), Box<dyn Error>> {
    let diastole = |pairs: &[Pair]| row(pairs, |pair| &pair.diastole);
    let systole = |pairs: &[Pair]| row(pairs, |pair| &pair.systole);
    let rest = simulated.get(COLUMNS..).unwrap_or_default();
    let rows = [
        ("REAL (ACDC), end-diastole", diastole(real)),
        ("simulated, end-diastole", diastole(simulated)),
        ("REAL (ACDC), end-systole", systole(real)),
        ("simulated, end-systole", systole(simulated)),
        ("more simulated, end-diastole", diastole(rest)),
        ("more simulated, end-systole", systole(rest)),
        (
            "REAL (biv-me) four-chamber in two phases and short axis, then simulated four-chamber",
            long_axis_row(data, seed)?,
        ),
    ];
    let height = rows.len() * (SIDE + LINE);
    let mut canvas = Canvas::new(COLUMNS * SIDE, height, 256);
    for (number, (caption, tiles)) in rows.iter().enumerate() {
        let top = number * (SIDE + LINE);
        canvas.write(caption, [4, top + 1]);
        for (column, (name, picture, crop)) in tiles.iter().enumerate() {
            let left = column * SIDE;
            canvas.show(picture, crop, [left, top + LINE], SIDE);
            canvas.write(name, [left + 3, top + LINE + 2]);
        }
    }
    canvas.save(path, "Real and simulated pictures of the heart")
}

type Tile = (String, Picture, Crop);

fn row<'a>(pairs: &'a [Pair], of: impl Fn(&'a Pair) -> &'a Picture) -> Vec<Tile> {
    pairs
        .iter()
        .take(COLUMNS)
        .map(|pair| {
            let picture = of(pair);
            tile(&pair.name, picture.clone(), SHORT_AXIS_MM)
        })
        .collect()
}

/// A tile about the heart, or about the picture's middle where nothing is labelled.
fn tile(name: &str, picture: Picture, side_mm: f64) -> Tile {
    let middle = (0.5 * picture.width as f64, 0.5 * picture.height as f64);
    let crop = Crop {
        centre: picture.centre_of(|label| label != 0).unwrap_or(middle),
        side_mm,
        white: WHITE * picture.blood(),
    };
    (name.to_owned(), picture, crop)
}

fn long_axis_row(data: &Path, seed: u64) -> Result<Vec<Tile>, Box<dyn Error>> {
    let folder = data.join("cmr/biv-me-dicom/14001_lax_4ch");
    let mut tiles = Vec::new();
    for phase in FOUR_CHAMBER_PHASES {
        let picture = dicom::read(&folder.join(phase))?;
        tiles.push(tile("REAL", picture, FOUR_CHAMBER_MM));
    }
    let cine = data.join("cmr/biv-me-nifti/patient1_sax_4d.nii.gz");
    tiles.push(tile("REAL", real::unlabelled(&cine)?, SHORT_AXIS_MM));
    for index in 0.. {
        let heart = sample_subject(seed, index, Profile::Enriched).simulate();
        let systole = heart.end_systolic_frame();
        let slice = heart.four_chamber(&[0, systole]);
        for frame in 0..2 {
            if tiles.len() == COLUMNS {
                return Ok(tiles);
            }
            let picture = Picture::of_slice(&slice, frame);
            let mut shown = tile("", picture, FOUR_CHAMBER_MM);
            // The ventricles' labels leave out the atria below them.
            shown.2.centre.1 += 20.0 / slice.pixel_mm;
            tiles.push(shown);
        }
    }
    Ok(tiles)
}
