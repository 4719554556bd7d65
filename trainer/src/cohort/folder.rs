//! The folder that UK Biobank work keeps: ECGs in `ecg/`, cardiac MRI in `NIFTI/<id>/`, a table of the subjects.
//!
//! Pairing is by subject id and sorted; it never depends on the order in which a file system lists its files.

use super::CohortError;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// One subject of a cohort, with the files found for it.
#[derive(Debug, Clone, PartialEq)]
pub struct CohortSubject {
    /// The subject's id (UK Biobank's `feid`).
    pub id: String,
    /// The resting ECG (field 20205), where there is one.
    pub ecg: Option<PathBuf>,
    /// The short-axis cine stack, where there is one.
    pub short_axis: Option<PathBuf>,
    /// The labels of the stack at end-diastole, where there are any.
    pub label_end_diastole: Option<PathBuf>,
    /// The labels of the stack at end-systole, where there are any.
    pub label_end_systole: Option<PathBuf>,
    /// The four-chamber cine, where there is one.
    pub four_chamber: Option<PathBuf>,
    /// The labels of the four-chamber view at end-diastole, where there are any.
    pub four_chamber_label_end_diastole: Option<PathBuf>,
    /// The labels of the four-chamber view at end-systole, where there are any.
    pub four_chamber_label_end_systole: Option<PathBuf>,
    /// The subject's row of `subjects.csv`, in the table's column order; empty where it has none.
    pub row: Vec<String>,
}

/// A cohort as found on disk.
#[derive(Debug, Clone, PartialEq)]
pub struct CohortFolder {
    /// Where it lies.
    pub root: PathBuf,
    /// The columns of `subjects.csv`, without `feid`.
    pub columns: Vec<String>,
    /// The subjects, sorted by id.
    pub subjects: Vec<CohortSubject>,
}

/// The name of the table of subjects.
pub const SUBJECTS_TABLE: &str = "subjects.csv";

impl CohortFolder {
    /// Lists a cohort's folder. Every id that has an ECG, an MRI or a row in the table is a subject.
    ///
    /// # Errors
    /// Where the folder is none, holds neither `ecg/` nor `NIFTI/`, or its table cannot be read.
    pub fn open(root: &Path) -> Result<CohortFolder, CohortError> {
        if !root.is_dir() {
            return Err(CohortError::Folder {
                path: root.to_owned(),
                problem: "is no folder; give the cohort's folder, which holds ecg/ and NIFTI/"
                    .into(),
            });
        }
        let ecgs = ecg_files(&root.join("ecg"))?;
        let stacks = stack_folders(&root.join("NIFTI"))?;
        if ecgs.is_empty() && stacks.is_empty() {
            return Err(CohortError::Folder {
                path: root.to_owned(),
                problem: "holds neither ecg/<id>_20205_2_0.xml nor NIFTI/<id>/sa.nii.gz; \
                          is it a cohort's folder?"
                    .into(),
            });
        }
        let (columns, rows) = read_table(&root.join(SUBJECTS_TABLE))?;
        let ids: BTreeSet<&String> = ecgs
            .keys()
            .chain(stacks.keys())
            .chain(rows.keys())
            .collect();
        let subjects = ids
            .into_iter()
            .map(|id| {
                let folder = stacks.get(id);
                let inside = |name: &str| {
                    folder
                        .map(|folder| folder.join(name))
                        .filter(|path| path.is_file())
                };
                CohortSubject {
                    id: id.clone(),
                    ecg: ecgs.get(id).cloned(),
                    short_axis: inside("sa.nii.gz"),
                    label_end_diastole: inside("label_sa_ED.nii.gz"),
                    label_end_systole: inside("label_sa_ES.nii.gz"),
                    four_chamber: inside("la_4ch.nii.gz"),
                    four_chamber_label_end_diastole: inside("label_la_4ch_ED.nii.gz"),
                    four_chamber_label_end_systole: inside("label_la_4ch_ES.nii.gz"),
                    row: rows.get(id).cloned().unwrap_or_default(),
                }
            })
            .collect();
        Ok(CohortFolder {
            root: root.to_owned(),
            columns,
            subjects,
        })
    }
}

/// `<id>_20205_<instance>_<array>.xml`, the first instance of each subject.
fn ecg_files(folder: &Path) -> Result<BTreeMap<String, PathBuf>, CohortError> {
    let mut found = BTreeMap::new();
    for path in sorted_entries(folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if let Some((id, rest)) = name.split_once("_20205_")
            && rest.ends_with(".xml")
        {
            found.entry(id.to_owned()).or_insert(path.clone());
        }
    }
    Ok(found)
}

fn stack_folders(folder: &Path) -> Result<BTreeMap<String, PathBuf>, CohortError> {
    Ok(sorted_entries(folder)?
        .into_iter()
        .filter(|path| path.is_dir())
        .map(|path| {
            let id = path.file_name().unwrap_or_default().to_string_lossy();
            (id.into_owned(), path)
        })
        .collect())
}

fn sorted_entries(folder: &Path) -> Result<Vec<PathBuf>, CohortError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut entries = std::fs::read_dir(folder)
        .map_err(CohortError::io("listing", folder))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(CohortError::io("listing", folder))?;
    entries.sort();
    Ok(entries)
}

type Table = (Vec<String>, BTreeMap<String, Vec<String>>);

fn read_table(path: &Path) -> Result<Table, CohortError> {
    if !path.is_file() {
        return Ok((Vec::new(), BTreeMap::new()));
    }
    let unreadable = |error: csv::Error| CohortError::unreadable(path, error);
    let mut reader = csv::Reader::from_path(path).map_err(unreadable)?;
    let header = reader.headers().map_err(unreadable)?.clone();
    let id_column = header
        .iter()
        .position(|name| name == "feid" || name == "eid")
        .ok_or_else(|| CohortError::unreadable(path, "it has no column `feid` with the ids"))?;
    let without_id = |record: &csv::StringRecord| -> Vec<String> {
        record
            .iter()
            .enumerate()
            .filter(|(column, _)| *column != id_column)
            .map(|(_, field)| field.to_owned())
            .collect()
    };
    let mut rows = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        let id = record.get(id_column).unwrap_or_default().to_owned();
        rows.insert(id, without_id(&record));
    }
    Ok((without_id(&header), rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_by_id_and_keeps_the_unpaired() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        std::fs::create_dir_all(at("ecg")).unwrap();
        std::fs::create_dir_all(at("NIFTI/11")).unwrap();
        std::fs::create_dir_all(at("NIFTI/9")).unwrap();
        std::fs::write(at("ecg/9_20205_2_0.xml"), "x").unwrap();
        std::fs::write(at("ecg/10_20205_2_0.xml"), "x").unwrap();
        std::fs::write(at("ecg/10_20205_3_0.xml"), "x").unwrap();
        std::fs::write(at("NIFTI/9/sa.nii.gz"), "x").unwrap();
        std::fs::write(at("subjects.csv"), "age,feid\n61,9\n70,12\n").unwrap();

        let cohort = CohortFolder::open(root.path()).unwrap();
        let ids: Vec<&str> = cohort.subjects.iter().map(|s| s.id.as_str()).collect();
        assert_eq!(ids, ["10", "11", "12", "9"]);
        assert_eq!(cohort.columns, ["age"]);
        let nine = &cohort.subjects[3];
        assert!(nine.ecg.is_some() && nine.short_axis.is_some());
        assert_eq!(nine.row, ["61"]);
        assert!(
            cohort.subjects[0]
                .ecg
                .as_ref()
                .unwrap()
                .ends_with("10_20205_2_0.xml")
        );
        assert!(cohort.subjects[1].short_axis.is_none());
    }

    #[test]
    fn refuses_what_is_no_cohort() {
        let root = tempfile::tempdir().unwrap();
        let message = CohortFolder::open(root.path()).unwrap_err().to_string();
        assert!(message.contains("is it a cohort's folder?"), "{message}");
        let message = CohortFolder::open(&root.path().join("none"))
            .unwrap_err()
            .to_string();
        assert!(message.contains("is no folder"), "{message}");
    }
}
