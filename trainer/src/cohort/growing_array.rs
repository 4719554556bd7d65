//! An array on the disk while it grows, row by row.

use super::CohortError;
use super::npy::{Element, HEAD_BYTES, head};
use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

/// A `.npy` file whose number of rows is not known yet; until [`GrowingArray::finish`] its head says none.
#[derive(Debug)]
pub struct GrowingArray<T> {
    file: BufWriter<File>,
    path: PathBuf,
    /// Sizes of one row.
    row_shape: Vec<usize>,
    rows: usize,
    element: PhantomData<T>,
}

impl<T: Element> GrowingArray<T> {
    /// How many whole rows are in a file that an interrupted run left; none where there is no file.
    pub fn rows_in(path: &Path, row_shape: &[usize]) -> usize {
        let length = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
        let row = (row_shape.iter().product::<usize>() * T::BYTES).max(1);
        (length.saturating_sub(HEAD_BYTES) / row as u64) as usize
    }

    /// Begins a file, or goes on after its first `rows` rows; what comes after them is cut off.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn open(
        path: &Path,
        row_shape: &[usize],
        rows: usize,
    ) -> Result<GrowingArray<T>, CohortError> {
        let begin = || -> std::io::Result<File> {
            let mut file = File::options()
                .write(true)
                .create(true)
                .truncate(rows == 0)
                .open(path)?;
            let row = row_shape.iter().product::<usize>() * T::BYTES;
            file.write_all(&head::<T>(&shape(0, row_shape)))?;
            file.set_len(HEAD_BYTES + (rows * row) as u64)?;
            file.seek(SeekFrom::End(0))?;
            Ok(file)
        };
        let file = begin().map_err(CohortError::io("writing", path))?;
        Ok(GrowingArray {
            file: BufWriter::with_capacity(1 << 20, file),
            path: path.to_owned(),
            row_shape: row_shape.to_owned(),
            rows,
            element: PhantomData,
        })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// Where it cannot be written.
    ///
    /// # Panics
    /// Where the row is not as long as the array's rows are.
    pub fn add(&mut self, row: &[T]) -> Result<(), CohortError> {
        assert_eq!(
            row.len(),
            self.row_shape.iter().product::<usize>(),
            "a row's length"
        );
        let mut bytes = Vec::with_capacity(row.len() * T::BYTES);
        T::encode(row, &mut bytes);
        self.file
            .write_all(&bytes)
            .map_err(CohortError::io("writing", &self.path))?;
        self.rows += 1;
        Ok(())
    }

    /// Sees to it that all rows are on the disk.
    ///
    /// # Errors
    /// Where they cannot be written.
    pub fn sync(&mut self) -> Result<(), CohortError> {
        self.file
            .flush()
            .and_then(|()| self.file.get_ref().sync_data())
            .map_err(CohortError::io("writing", &self.path))
    }

    /// Says in the head how many rows there are; gives the shape.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn finish(mut self) -> Result<Vec<usize>, CohortError> {
        let shape = shape(self.rows, &self.row_shape);
        let write_head = |file: &mut BufWriter<File>| {
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&head::<T>(&shape))
        };
        write_head(&mut self.file).map_err(CohortError::io("writing", &self.path))?;
        self.sync()?;
        Ok(shape)
    }
}

fn shape(rows: usize, row_shape: &[usize]) -> Vec<usize> {
    [&[rows], row_shape].concat()
}

#[cfg(test)]
mod tests {
    use super::super::stored_array::StoredArray;
    use super::*;

    #[test]
    fn rows_come_back_and_a_torn_end_is_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npy");
        let mut array = GrowingArray::<f32>::open(&path, &[1, 2], 0).unwrap();
        for row in 0..5 {
            array.add(&[row as f32, 0.5]).unwrap();
        }
        array.sync().unwrap();
        drop(array);
        let mut torn = std::fs::read(&path).unwrap();
        torn.truncate(torn.len() - 3);
        std::fs::write(&path, torn).unwrap();
        assert_eq!(GrowingArray::<f32>::rows_in(&path, &[1, 2]), 4);

        let mut array = GrowingArray::<f32>::open(&path, &[1, 2], 3).unwrap();
        array.add(&[7.0, 8.0]).unwrap();
        assert_eq!(array.finish().unwrap(), [4, 1, 2]);
        let read = StoredArray::<f32>::open(&path).unwrap();
        assert_eq!(read.shape(), [4, 1, 2]);
        assert_eq!(read.row(2).unwrap(), [2.0, 0.5]);
        assert_eq!(read.row(3).unwrap(), [7.0, 8.0]);
        assert_eq!(
            GrowingArray::<f32>::rows_in(&folder.path().join("none"), &[2]),
            0
        );
    }
}
