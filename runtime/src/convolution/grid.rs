//! Places in memory at equal distances in two directions, all of which are checked at once.
//!
//! A transform reads and writes dozens of vectors that lie far apart. Checked one by one, as indices are,
//! these checks took twice as many instructions as the transforms themselves.
#![allow(
    unsafe_code,
    reason = "the compiler cannot see that indices are sound which are sums of products of two variables"
)]

use std::marker::PhantomData;

/// The place of the first value, and how many values lie from each to the next.
#[derive(Clone, Copy)]
pub struct Spacing {
    /// Where the first value lies.
    pub start: usize,
    /// From one row to the next.
    pub row: usize,
    /// From one column to the next.
    pub column: usize,
}

impl Spacing {
    /// The place of a row and a column.
    #[inline(always)]
    pub fn of(self, row: usize, column: usize) -> usize {
        self.start + row * self.row + column * self.column
    }

    /// # Panics
    /// If a grid of so many rows and columns, one at least, reaches beyond so many values.
    #[inline(always)]
    fn check<const ROWS: usize, const COLUMNS: usize>(self, length: usize) {
        const { assert!(ROWS > 0 && COLUMNS > 0) };
        let down = self.row.saturating_mul(ROWS - 1);
        let across = self.column.saturating_mul(COLUMNS - 1);
        let last = self.start.saturating_add(down).saturating_add(across);
        assert!(last < length, "a grid lies within its memory");
    }
}

/// `ROWS` × `COLUMNS` values to be read.
pub struct Grid<'a, T, const ROWS: usize, const COLUMNS: usize> {
    corner: *const T,
    spacing: Spacing,
    memory: PhantomData<&'a [T]>,
}

impl<'a, T, const ROWS: usize, const COLUMNS: usize> Grid<'a, T, ROWS, COLUMNS> {
    /// Values of this memory.
    ///
    /// # Panics
    /// If the memory ends before the last of them.
    #[inline(always)]
    pub fn new(memory: &'a [T], spacing: Spacing) -> Self {
        spacing.check::<ROWS, COLUMNS>(memory.len());
        Self {
            // SAFETY: the check tells that even the last value lies within the memory.
            corner: unsafe { memory.as_ptr().add(spacing.start) },
            spacing,
            memory: PhantomData,
        }
    }

    /// One of the values.
    ///
    /// # Panics
    /// If there is no such row or column.
    #[inline(always)]
    pub fn at(&self, row: usize, column: usize) -> &'a T {
        assert!(row < ROWS && column < COLUMNS);
        // SAFETY: the last row and column were checked to lie within memory that is borrowed for `'a`, and
        // no place before the last lies behind it.
        unsafe {
            let column = self.corner.add(column * self.spacing.column);
            &*column.add(row * self.spacing.row)
        }
    }
}

/// `ROWS` × `COLUMNS` values to be written.
pub struct GridMut<'a, T, const ROWS: usize, const COLUMNS: usize> {
    corner: *mut T,
    spacing: Spacing,
    memory: PhantomData<&'a mut [T]>,
}

impl<'a, T, const ROWS: usize, const COLUMNS: usize> GridMut<'a, T, ROWS, COLUMNS> {
    /// Values of this memory.
    ///
    /// # Panics
    /// If the memory ends before the last of them.
    #[inline(always)]
    pub fn new(memory: &'a mut [T], spacing: Spacing) -> Self {
        spacing.check::<ROWS, COLUMNS>(memory.len());
        Self {
            // SAFETY: the check tells that even the last value lies within the memory.
            corner: unsafe { memory.as_mut_ptr().add(spacing.start) },
            spacing,
            memory: PhantomData,
        }
    }

    /// One of the values.
    ///
    /// # Panics
    /// If there is no such row or column.
    #[inline(always)]
    pub fn at(&mut self, row: usize, column: usize) -> &mut T {
        assert!(row < ROWS && column < COLUMNS);
        // SAFETY: as for `Grid::at`; the memory is borrowed for writing, and the value for as long as the
        // grid is, so that there is one such reference at a time.
        unsafe {
            let row = self.corner.add(row * self.spacing.row);
            &mut *row.add(column * self.spacing.column)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPACING: Spacing = Spacing {
        start: 3,
        row: 10,
        column: 2,
    };

    #[test]
    fn a_grid_reads_and_writes_where_its_spacing_says() {
        let mut memory: Vec<usize> = (0..30).collect();
        let grid = Grid::<_, 3, 2>::new(&memory[..26], SPACING);
        for (row, column) in (0..3).flat_map(|row| [(row, 0), (row, 1)]) {
            assert_eq!(*grid.at(row, column), 3 + 10 * row + 2 * column);
        }
        *GridMut::<_, 3, 2>::new(&mut memory, SPACING).at(2, 1) = 0;
        assert_eq!(memory.iter().position(|value| *value == 0), Some(0));
        assert_eq!(memory.iter().rposition(|value| *value == 0), Some(25));
    }

    #[test]
    #[should_panic = "within its memory"]
    fn a_grid_ends_within_its_memory() {
        Grid::<_, 3, 2>::new(&[0; 25], SPACING);
    }

    #[test]
    #[should_panic = "within its memory"]
    fn a_grid_to_be_written_ends_within_its_memory() {
        let far = Spacing {
            row: usize::MAX / 2 + 1,
            ..SPACING
        };
        GridMut::<_, 3, 2>::new(&mut [0; 100], far);
    }

    #[test]
    #[should_panic = "row < ROWS"]
    fn rows_beyond_the_last_are_refused() {
        Grid::<_, 3, 2>::new(&[0; 100], SPACING).at(3, 0);
    }
}
