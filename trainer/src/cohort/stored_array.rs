//! An array on the disk whose rows are read one at a time.
//!
//! Rows are read from their place in the file, so a data set may be many times larger than the memory: what was read
//! lately stays in the system's page cache, which gives way when memory is needed. Mapping the file would do the same,
//! but a mapped file that somebody cuts kills the program, whereas here it is an error that names the file.

use super::CohortError;
use super::npy::{Element, read_head};
use std::fs::File;
use std::io::BufReader;
use std::marker::PhantomData;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An array of `T` in a `.npy` file; the first axis counts its rows. Clones read the same file.
#[derive(Debug, Clone)]
pub struct StoredArray<T> {
    file: Arc<File>,
    path: PathBuf,
    shape: Vec<usize>,
    /// Numbers of one row.
    row: usize,
    /// Where the first row begins, in bytes.
    offset: u64,
    element: PhantomData<T>,
}

impl<T: Element> StoredArray<T> {
    /// Opens a `.npy` file; nothing but its head is read.
    ///
    /// # Errors
    /// [`CohortError::Io`] where it cannot be opened, [`CohortError::Unreadable`] where it holds another type than `T`,
    /// is in Fortran order, or is not as long as its shape says.
    pub fn open(path: &Path) -> Result<StoredArray<T>, CohortError> {
        let file = File::open(path).map_err(CohortError::io("opening", path))?;
        let (shape, offset) = read_head::<T>(BufReader::new(&file))
            .map_err(|problem| CohortError::unreadable(path, problem))?;
        let numbers = |sizes: &[usize]| {
            sizes
                .iter()
                .try_fold(1usize, |product, &size| product.checked_mul(size))
        };
        let all = numbers(&shape).and_then(|all| all.checked_mul(T::BYTES));
        let (Some(row), Some(bytes)) = (numbers(shape.get(1..).unwrap_or_default()), all) else {
            return Err(CohortError::unreadable(path, "its head is damaged"));
        };
        let length = file
            .metadata()
            .map_err(CohortError::io("opening", path))?
            .len();
        if length != offset + bytes as u64 {
            return Err(CohortError::unreadable(
                path,
                format!(
                    "it is {length} bytes long and its head says {}; it was cut off or damaged, run `prepare` again",
                    offset + bytes as u64
                ),
            ));
        }
        Ok(StoredArray {
            file: Arc::new(file),
            path: path.to_owned(),
            shape,
            row,
            offset,
            element: PhantomData,
        })
    }

    /// The shape, the number of rows first.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The numbers of one row.
    ///
    /// # Errors
    /// [`CohortError::Io`] where the file cannot be read.
    ///
    /// # Panics
    /// Where there is no such row.
    pub fn row(&self, index: usize) -> Result<Vec<T>, CohortError> {
        self.part(index, 0..self.row)
    }

    /// Some numbers of one row, counted from the row's first.
    ///
    /// # Errors
    /// [`CohortError::Io`] where the file cannot be read.
    ///
    /// # Panics
    /// Where there is no such row or part of one.
    pub fn part(&self, index: usize, part: Range<usize>) -> Result<Vec<T>, CohortError> {
        let rows = self.shape.first().copied().unwrap_or(0);
        assert!(
            index < rows && part.start <= part.end && part.end <= self.row,
            "row {index} of {rows}, {part:?} of {}",
            self.row
        );
        let mut bytes = vec![0; part.len() * T::BYTES];
        let begin = self.offset + ((index * self.row + part.start) * T::BYTES) as u64;
        self.file
            .read_exact_at(&mut bytes, begin)
            .map_err(CohortError::io("reading", &self.path))?;
        Ok(T::decode(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::super::npy::head;
    use super::*;

    fn write(path: &Path, shape: &[usize], values: &[f32]) {
        let mut bytes = head::<f32>(shape);
        f32::encode(values, &mut bytes);
        std::fs::write(path, bytes).unwrap();
    }

    #[test]
    fn rows_and_parts_of_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npy");
        let values: Vec<f32> = (0..24).map(|value| value as f32).collect();
        write(&path, &[4, 2, 3], &values);
        let array = StoredArray::<f32>::open(&path).unwrap();
        assert_eq!(array.shape(), [4, 2, 3]);
        assert_eq!(array.row(3).unwrap(), values[18..]);
        assert_eq!(array.part(1, 2..4).unwrap(), [8.0, 9.0]);
    }

    #[test]
    fn numpy_and_this_program_write_one_format() {
        let at = |name: &str| {
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("../tests/goldens/npy")
                .join(name)
        };
        let signal = std::fs::read(at("signal.npy")).unwrap();
        assert_eq!(signal[..128], head::<f32>(&[3, 2, 4]));
        let picture = std::fs::read(at("picture.npy")).unwrap();
        assert_eq!(picture[..128], head::<u8>(&[3, 4]));
        for name in ["signal.npy", "version_2.npy"] {
            let array = StoredArray::<f32>::open(&at(name)).unwrap();
            assert_eq!(array.shape(), [3, 2, 4]);
            let row = [1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 2.75];
            assert_eq!(array.row(1).unwrap(), row);
        }
        let picture = StoredArray::<u8>::open(&at("picture.npy")).unwrap();
        assert_eq!(picture.row(2).unwrap(), [8, 9, 10, 11]);
        for (name, what) in [
            ("fortran.npy", "Fortran order"),
            ("double.npy", "<f8, not <f4"),
            ("big_endian.npy", ">f4, not <f4"),
            ("records.npy", "records, not <f4"),
        ] {
            let message = StoredArray::<f32>::open(&at(name)).unwrap_err().to_string();
            assert!(
                message.contains(name) && message.contains(what),
                "{message}"
            );
        }
    }

    #[test]
    fn damaged_files_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npy");
        let refused = |what: &str| {
            let message = StoredArray::<f32>::open(&path).unwrap_err().to_string();
            assert!(
                message.contains("a.npy") && message.contains(what),
                "{message}"
            );
        };
        refused("No such file");
        write(&path, &[4, 3], &[0.0; 11]);
        refused("it is 172 bytes long and its head says 176");
        write(&path, &[usize::MAX, 3], &[0.0; 11]);
        refused("damaged");
        std::fs::write(&path, head::<u8>(&[0])).unwrap();
        refused("|u1, not <f4");

        // A file that is cut while it is open is an error too.
        write(&path, &[4, 3], &[0.0; 12]);
        let array = StoredArray::<f32>::open(&path).unwrap();
        File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_len(140)
            .unwrap();
        let message = array.row(3).unwrap_err().to_string();
        assert!(
            message.starts_with("reading") && message.contains("a.npy"),
            "{message}"
        );
    }
}
