//! A data set whose ECGs tell chosen columns of the subjects' table exactly, and nothing else.
//!
//! What networks make of pictures when they are told the anatomy itself bounds what any ECG could give them: the error
//! that remains is of what the table does not hold, such as fat, lungs and the scanner. Each column, standardised over
//! the training split, stands in a stretch of the ECG's samples of its own as one constant; everything else of the data
//! set, the split too, is as it was.

use super::dataset_header::{DATASET_FILE, DatasetHeader};
use super::npy::{self, Element};
use super::{CohortError, Dataset, Split};
use std::io::{BufWriter, Write};
use std::path::Path;

/// The array that is replaced.
const ECG_FILE: &str = "ecg.npy";

/// Columns that describe a simulated heart: body, volumes, wall, place, rhythm.
pub const COLUMNS: [&str; 24] = [
    "age",
    "sex",
    "height",
    "weight",
    "bmi",
    "heart_rate",
    "lvedv_ml",
    "lvesv_ml",
    "lvm_g",
    "rvedv_ml",
    "rvesv_ml",
    "wall_mm",
    "ax_frontal_deg",
    "ax_transverse_deg",
    "ax_roll_deg",
    "mid_lv_x_mm",
    "mid_lv_y_mm",
    "mid_lv_area_cm2",
    "septum_mm",
    "effusion_mm",
    "left_atrial_size",
    "scar_fraction",
    "es_frame",
    "lvef",
];

/// Writes the data set of `source` to the new folder `output`, with these columns in the place of its ECGs. Unknown
/// numbers are given as the mean. The other arrays are linked where the file system allows it, else copied.
///
/// # Errors
/// [`CohortError::Folder`] where the output exists or a column is missing or tells no subjects apart, and whatever files
/// refuse; nothing is left half-written.
pub fn with_known_anatomy(
    source: &Path,
    columns: &[String],
    output: &Path,
) -> Result<(), CohortError> {
    let refused = |path: &Path, problem: String| CohortError::Folder {
        path: path.to_owned(),
        problem,
    };
    if output.exists() {
        return Err(refused(output, "exists already; give another name".into()));
    }
    let dataset = Dataset::read(source)?;
    let mut header = DatasetHeader::read(source)?;
    let training = dataset.members(Split::Train);
    let mut told = Vec::new();
    for column in columns {
        let numbers = dataset.numbers(column).ok_or_else(|| {
            refused(
                source,
                format!("has no column {column:?} of numbers in subjects.csv"),
            )
        })?;
        let standard = standardised(&numbers, &training).ok_or_else(|| {
            refused(
                source,
                format!("its column {column:?} is alike for all subjects of the training split"),
            )
        })?;
        told.push(standard);
    }
    if told.is_empty() {
        return Err(refused(source, "no column was named".into()));
    }
    let mut row_length = 0;
    for array in &mut header.arrays {
        if array.file == ECG_FILE {
            row_length = array.shape.iter().skip(1).product();
            array.holds = format!("no ECGs, but in equal stretches {}", columns.join(", "));
        }
    }
    header.cohort = format!(
        "{}, its anatomy told in the place of its ECGs",
        header.cohort
    );

    let parent = output
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let staging = tempfile::Builder::new()
        .prefix(".known-anatomy-")
        .tempdir_in(parent.unwrap_or(Path::new(".")))
        .map_err(CohortError::io("creating a folder beside", output))?;
    let entries = std::fs::read_dir(source).map_err(CohortError::io("listing", source))?;
    for entry in entries {
        let entry = entry.map_err(CohortError::io("listing", source))?;
        let name = entry.file_name();
        if name != ECG_FILE && name != DATASET_FILE && entry.path().is_file() {
            let to = staging.path().join(&name);
            std::fs::hard_link(entry.path(), &to)
                .or_else(|_| std::fs::copy(entry.path(), &to).map(drop))
                .map_err(CohortError::io("copying to", &to))?;
        }
    }
    let ecg = staging.path().join(ECG_FILE);
    write_rows(&ecg, &told, dataset.ids.len(), row_length, &header)
        .map_err(CohortError::io("writing", &ecg))?;
    let text = toml::to_string(&header)
        .map_err(|error| CohortError::unreadable(source.join(DATASET_FILE), error))?;
    let file = staging.path().join(DATASET_FILE);
    std::fs::write(&file, text).map_err(CohortError::io("writing", &file))?;
    let staged = staging.keep();
    std::fs::rename(&staged, output).map_err(|error| {
        // What could not be put in its place is of no use.
        std::fs::remove_dir_all(&staged).ok();
        CohortError::io("renaming to", output)(error)
    })
}

/// Numbers with mean 0 and standard deviation 1 over the training subjects; the mean where they are unknown. `None` if
/// they do not vary.
fn standardised(numbers: &[f64], training: &[usize]) -> Option<Vec<f32>> {
    let known: Vec<f64> = training
        .iter()
        .map(|&subject| numbers[subject])
        .filter(|number| number.is_finite())
        .collect();
    let count = known.len() as f64;
    let mean = known.iter().sum::<f64>() / count;
    let variance = known
        .iter()
        .map(|number| (number - mean).powi(2))
        .sum::<f64>()
        / count;
    let standard = |&number: &f64| {
        let offset = if number.is_finite() {
            number - mean
        } else {
            0.0
        };
        (offset / variance.sqrt()) as f32
    };
    (variance > 0.0).then(|| numbers.iter().map(standard).collect())
}

fn write_rows(
    path: &Path,
    told: &[Vec<f32>],
    subjects: usize,
    row_length: usize,
    header: &DatasetHeader,
) -> std::io::Result<()> {
    let described = header.arrays.iter().find(|array| array.file == ECG_FILE);
    let shape = described.map_or_else(Vec::new, |array| array.shape.clone());
    let mut file = BufWriter::new(std::fs::File::create(path)?);
    file.write_all(&npy::head::<f32>(&shape))?;
    let mut bytes = Vec::new();
    for subject in 0..subjects {
        let columns: Vec<f32> = told.iter().map(|column| column[subject]).collect();
        let row: Vec<f32> = (0..row_length)
            .map(|place| columns[place * columns.len() / row_length])
            .collect();
        bytes.clear();
        f32::encode(&row, &mut bytes);
        file.write_all(&bytes)?;
    }
    file.into_inner()?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cohort::dataset_writer::{DatasetPlan, DatasetWriter, Sample};
    use crate::cohort::{Frames, Views};
    use std::path::PathBuf;

    /// Twenty subjects whose age rises and whose volume falls, one of unknown age.
    fn written(folder: &Path) -> PathBuf {
        let path = folder.join("source");
        let plan = DatasetPlan {
            cohort: "twenty".into(),
            simulated: true,
            split_seed: 7,
            pixel_mm: 1.4,
            frames: Frames::Ed,
            views: Views::ShortAxis,
            labels: false,
            columns: vec!["age".into(), "lvedv_ml".into()],
        };
        let mut writer = DatasetWriter::open(&path, &plan, false).unwrap();
        for subject in 0..20_u8 {
            let sample = Sample {
                ecg: vec![0.1; 7200],
                strip: vec![0.1; 7200],
                mri: vec![subject; 128 * 128],
                four_chamber: Vec::new(),
                labels: Vec::new(),
            };
            let age = if subject == 3 {
                String::new()
            } else {
                (40 + subject).to_string()
            };
            let volume = (200 - 3 * u32::from(subject)).to_string();
            writer
                .keep(&format!("{subject:02}"), vec![age, volume], &sample)
                .unwrap();
        }
        writer.finish().unwrap();
        path
    }

    #[test]
    fn each_column_has_a_stretch_of_its_own_and_all_else_is_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let source = written(folder.path());
        let output = folder.path().join("told");
        let columns = ["lvedv_ml".to_owned(), "age".to_owned()];
        with_known_anatomy(&source, &columns, &output).unwrap();
        let (before, after) = (
            Dataset::read(&source).unwrap(),
            Dataset::read(&output).unwrap(),
        );
        assert_eq!(before.split_fingerprint(), after.split_fingerprint());
        let training = after.members(Split::Train);
        for (name, stretch) in columns.iter().zip([0..3600, 3600..7200]) {
            let truth = before.numbers(name).unwrap();
            let known: Vec<f64> = training
                .iter()
                .map(|&one| truth[one])
                .filter(|one| one.is_finite())
                .collect();
            let mean = known.iter().sum::<f64>() / known.len() as f64;
            let mut squares = 0.0;
            for &subject in training.iter().filter(|&&one| truth[one].is_finite()) {
                let told = after.median_beat(subject).unwrap()[stretch.clone()].to_vec();
                assert!(told.iter().all(|value| *value == told[0]));
                assert_eq!(told[0] > 0.0, truth[subject] > mean, "{name} of {subject}");
                squares += f64::from(told[0]).powi(2);
            }
            assert!((squares / known.len() as f64 - 1.0).abs() < 1e-3);
        }
        // Unknown ages are given as the mean.
        assert_eq!(after.median_beat(3).unwrap()[7199], 0.0);
        let picture = |dataset: &Dataset| dataset.end_diastole(1).unwrap();
        assert_eq!(picture(&before), picture(&after));
        let again = with_known_anatomy(&source, &columns, &output).unwrap_err();
        assert!(again.to_string().contains("exists"), "{again}");
    }

    #[test]
    fn what_is_no_column_is_named_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let source = written(folder.path());
        let output = folder.path().join("told");
        let error = with_known_anatomy(&source, &["girth".to_owned()], &output).unwrap_err();
        assert!(error.to_string().contains("girth"), "{error}");
        assert!(with_known_anatomy(&source, &[], &output).is_err());
        assert!(!output.exists());
        assert_eq!(standardised(&[2.0, 2.0, f64::NAN], &[0, 1, 2]), None);
    }
}
