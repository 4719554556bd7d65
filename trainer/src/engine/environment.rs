//! Finding and loading ONNX Runtime's shared library.
//!
//! The library is loaded at run time and not linked, so that one build of the trainer serves the CPU package and the
//! CUDA package alike.

use super::EngineError;
use ort::environment::Environment;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

/// ONNX Runtime, loaded. Cheap to clone; one environment serves the whole process.
#[derive(Clone)]
pub struct Engine {
    pub(super) environment: Environment,
    version: String,
}

/// The environment variable that names the shared library.
pub const LIBRARY_VARIABLE: &str = "ORT_DYLIB_PATH";

/// Where `./test` and the README put the library, relative to the checkout.
const IN_CHECKOUT: &str = ".ort/onnxruntime/capi/libonnxruntime.so.1.31.1";

static LOADED: OnceLock<Engine> = OnceLock::new();
static LOADING: Mutex<()> = Mutex::new(());

impl Engine {
    /// Loads ONNX Runtime from the path in `ORT_DYLIB_PATH`, or from `.ort/` in the current folder or one above it.
    ///
    /// # Errors
    /// [`EngineError::LibraryMissing`] where there is no such file, [`EngineError::LibraryUnusable`] where it is no
    /// ONNX Runtime of version 1.31 or later.
    pub fn load() -> Result<Engine, EngineError> {
        // Two threads that load at once would each make an environment; ONNX Runtime allows one.
        let _guard = LOADING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(engine) = LOADED.get() {
            return Ok(engine.clone());
        }
        let path = find_library()?;
        let unusable = |cause: String| EngineError::LibraryUnusable {
            path: path.clone(),
            cause,
        };
        let environment = ort::init_from(&path)
            .map_err(|error| unusable(error.to_string()))?
            .with_name("ecg2mri-train")
            .with_telemetry(false)
            .build()
            .map_err(|error| unusable(error.to_string()))?;
        // ONNX Runtime warns of every constant it folds away; what matters comes back as an error.
        environment.set_log_level(ort::logging::LogLevel::Error);
        let engine = Engine {
            environment,
            version: version_in_name(&path).unwrap_or_else(|| ort::info().to_owned()),
        };
        Ok(LOADED.get_or_init(|| engine).clone())
    }

    /// The version of the library, for run logs and manifests: from its file's name, as in
    /// `libonnxruntime.so.1.31.1`, else what the library says of its build.
    pub fn version(&self) -> &str {
        &self.version
    }
}

/// `1.31.1` for `libonnxruntime.so.1.31.1` and for a link to it.
fn version_in_name(library: &Path) -> Option<String> {
    let real = library.canonicalize().ok()?;
    let name = real.file_name()?.to_str()?;
    let (_, version) = name.split_once(".so.")?;
    version
        .starts_with(|first: char| first.is_ascii_digit())
        .then(|| version.to_owned())
}

fn find_library() -> Result<PathBuf, EngineError> {
    let mut looked_at = Vec::new();
    if let Some(named) = std::env::var_os(LIBRARY_VARIABLE).filter(|value| !value.is_empty()) {
        let path = PathBuf::from(named);
        if path.is_file() {
            return Ok(path);
        }
        looked_at.push(format!("{} from {LIBRARY_VARIABLE}", path.display()));
    }
    let here = std::env::current_dir().unwrap_or_default();
    for folder in here.ancestors() {
        let path = folder.join(IN_CHECKOUT);
        if path.is_file() {
            return Ok(path);
        }
    }
    looked_at.push(format!("{IN_CHECKOUT} in {} and above", here.display()));
    Err(EngineError::LibraryMissing {
        looked_at: looked_at.join(", "),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_is_read_from_the_file_and_through_links() {
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("libonnxruntime.so.1.31.1");
        std::fs::write(&library, "").unwrap();
        let link = folder.path().join("libonnxruntime.so");
        std::os::unix::fs::symlink(&library, &link).unwrap();
        assert_eq!(version_in_name(&library).as_deref(), Some("1.31.1"));
        assert_eq!(version_in_name(&link).as_deref(), Some("1.31.1"));
        assert_eq!(version_in_name(&folder.path().join("missing.so.1")), None);
        let nameless = folder.path().join("onnxruntime.dll");
        std::fs::write(&nameless, "").unwrap();
        assert_eq!(version_in_name(&nameless), None);
    }
}
