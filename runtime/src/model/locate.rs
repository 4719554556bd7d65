//! Where a model is looked for when none is named.

use std::path::{Path, PathBuf};

use super::error::ModelError;
use super::manifest;

/// Name of the folder that holds the shipped models.
pub const FOLDER_NAME: &str = "models";

/// Name of the folder therein of the model that is used when none is named.
pub const DEFAULT_NAME: &str = "cart";

/// How many folders above the program's own are searched: enough for a program in
/// `bin/` beside `models/`, and for one that Cargo built in `target/release/`.
const FOLDERS_ABOVE_PROGRAM: usize = 2;

/// Where a package puts what does not depend on the machine, seen from the folder above that of its
/// program: `/usr/share/ecg2mri/` for `/usr/bin/ecg2mri`.
const PACKAGE_DATA: &str = "share/ecg2mri";

/// The folder of the default model: `models/cart/` beside the running program or up to two
/// folders above, else in `share/ecg2mri/` beside the program's folder, where a package puts
/// it, else `models/cart/` in the current folder; in each place `models/` itself will do as
/// well. A folder counts if it holds a manifest.
///
/// # Errors
/// [`ModelError::NotFound`], listing the places looked at.
pub fn default_folder() -> Result<PathBuf, ModelError> {
    let program = std::env::current_exe().ok();
    first_with_manifest(candidates(program.as_deref()))
}

/// The folders to look in, in order.
fn candidates(program: Option<&Path>) -> Vec<PathBuf> {
    let beside_program = program
        .into_iter()
        .flat_map(|program| program.ancestors().skip(1).take(1 + FOLDERS_ABOVE_PROGRAM));
    let packaged = program
        .and_then(|program| program.ancestors().nth(2))
        .map(|prefix| prefix.join(PACKAGE_DATA));
    beside_program
        .map(Path::to_path_buf)
        .chain(packaged)
        .chain([PathBuf::new()])
        .map(|folder| folder.join(FOLDER_NAME))
        .flat_map(|models| [models.join(DEFAULT_NAME), models])
        .collect()
}

fn first_with_manifest(folders: Vec<PathBuf>) -> Result<PathBuf, ModelError> {
    folders
        .iter()
        .find(|folder| folder.join(manifest::FILE_NAME).is_file())
        .cloned()
        .ok_or(ModelError::NotFound { looked_in: folders })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beside_the_program_comes_before_the_current_folder() {
        let program = Path::new("/opt/cart/bin/ecg2mri");
        let expected = [
            "/opt/cart/bin/models/cart",
            "/opt/cart/bin/models",
            "/opt/cart/models/cart",
            "/opt/cart/models",
            "/opt/models/cart",
            "/opt/models",
            "/opt/cart/share/ecg2mri/models/cart",
            "/opt/cart/share/ecg2mri/models",
            "models/cart",
            "models",
        ]
        .map(PathBuf::from);
        assert_eq!(candidates(Some(program)), expected);
        assert_eq!(
            candidates(None),
            ["models/cart", "models"].map(PathBuf::from)
        );
    }

    #[test]
    fn only_a_folder_with_a_manifest_counts_and_failure_lists_the_places() {
        let folder = tempfile::tempdir().expect("a folder");
        let (empty, full) = (folder.path().join("empty"), folder.path().join("full"));
        for path in [&empty, &full] {
            std::fs::create_dir(path).expect("a folder");
        }
        std::fs::write(full.join(manifest::FILE_NAME), "").expect("a manifest");
        let found = first_with_manifest(vec![empty.clone(), full.clone()]);
        assert_eq!(found.expect("the second"), full);
        let message = first_with_manifest(vec![empty.clone()])
            .expect_err("none")
            .to_string();
        assert!(message.contains(&empty.display().to_string()), "{message}");
    }
}
