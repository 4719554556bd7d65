//! Places in memory that are checked all at once: those at equal distances in two directions ([`Grid`]),
//! equally long pieces ([`Strips`]), and what is read from the first to the last ([`Steps`]).
//!
//! A transform reads and writes dozens of vectors that lie far apart. Checked one by one, as indices are,
//! these checks took twice as many instructions as the transforms themselves.
#![allow(
    unsafe_code,
    reason = "the compiler cannot see that indices are sound which are sums of products of two variables, nor that of several places the last was checked"
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

/// `ROWS` pieces of memory of the same length, to be read.
pub struct Strips<'a, T, const ROWS: usize> {
    starts: [*const T; ROWS],
    length: usize,
    memory: PhantomData<&'a [T]>,
}

impl<'a, T, const ROWS: usize> Strips<'a, T, ROWS> {
    /// The pieces that begin at these places.
    ///
    /// # Panics
    /// If the memory ends before one of them.
    #[inline(always)]
    pub fn new(memory: &'a [T], starts: [usize; ROWS], length: usize) -> Self {
        check_strips(memory.len(), &starts, length);
        Self {
            // SAFETY: the check tells that all of each piece lies within the memory.
            starts: starts.map(
                #[inline(always)]
                |start| unsafe { memory.as_ptr().add(start) },
            ),
            length,
            memory: PhantomData,
        }
    }

    /// The pieces that begin at `first` and then every so many values.
    ///
    /// # Panics
    /// If the memory ends before the last of them.
    #[inline(always)]
    pub fn evenly(memory: &'a [T], first: usize, apart: usize, length: usize) -> Self {
        let last = first.saturating_add(apart.saturating_mul(ROWS - 1));
        check_strips(memory.len(), &[last], length);
        // SAFETY: the check tells that the last piece lies within the memory, and none lies behind it.
        let mut start = unsafe { memory.as_ptr().add(first) };
        let mut starts = [start; ROWS];
        for next in &mut starts[1..] {
            // SAFETY: as above.
            start = unsafe { start.add(apart) };
            *next = start;
        }
        Self {
            starts,
            length,
            memory: PhantomData,
        }
    }

    /// One value of a piece.
    ///
    /// # Panics
    /// If there is no such piece or value.
    #[inline(always)]
    pub fn at(&self, row: usize, index: usize) -> &'a T {
        assert!(index < self.length);
        // SAFETY: the piece lies within memory that is borrowed for `'a`, and the value within the piece.
        unsafe { &*self.starts[row].add(index) }
    }
}

/// `ROWS` pieces of memory of the same length, to be written.
pub struct StripsMut<'a, T, const ROWS: usize> {
    starts: [*mut T; ROWS],
    length: usize,
    memory: PhantomData<&'a mut [T]>,
}

impl<'a, T, const ROWS: usize> StripsMut<'a, T, ROWS> {
    /// The pieces that begin at these places.
    ///
    /// # Panics
    /// If the memory ends before one of them.
    #[inline(always)]
    pub fn new(memory: &'a mut [T], starts: [usize; ROWS], length: usize) -> Self {
        check_strips(memory.len(), &starts, length);
        let memory = memory.as_mut_ptr();
        Self {
            // SAFETY: the check tells that all of each piece lies within the memory.
            starts: starts.map(
                #[inline(always)]
                |start| unsafe { memory.add(start) },
            ),
            length,
            memory: PhantomData,
        }
    }

    /// The pieces that begin at `first` and then every so many values.
    ///
    /// # Panics
    /// If the memory ends before the last of them.
    #[inline(always)]
    pub fn evenly(memory: &'a mut [T], first: usize, apart: usize, length: usize) -> Self {
        let last = first.saturating_add(apart.saturating_mul(ROWS - 1));
        check_strips(memory.len(), &[last], length);
        // SAFETY: the check tells that the last piece lies within the memory, and none lies behind it.
        let mut start = unsafe { memory.as_mut_ptr().add(first) };
        let mut starts = [start; ROWS];
        for next in &mut starts[1..] {
            // SAFETY: as above.
            start = unsafe { start.add(apart) };
            *next = start;
        }
        Self {
            starts,
            length,
            memory: PhantomData,
        }
    }

    /// One value of a piece.
    ///
    /// # Panics
    /// If there is no such piece or value.
    #[inline(always)]
    pub fn at(&mut self, row: usize, index: usize) -> &mut T {
        assert!(index < self.length);
        // SAFETY: as for `Strips::at`; the memory is borrowed for writing, and the value for as long as the
        // strips are, so that there is one such reference at a time.
        unsafe { &mut *self.starts[row].add(index) }
    }
}

/// Strips that are gone through together, one value of each at a time, with `lines` lines of `COLUMNS` values
/// that are read in the order in which they lie.
pub struct Steps<'a, T, L, const ROWS: usize, const COLUMNS: usize> {
    strips: Strips<'a, T, ROWS>,
    panel: *const L,
    done: usize,
    lines: usize,
    memory: PhantomData<&'a [L]>,
}

/// One step of [`Steps`].
pub struct Step<'a, T, L, const ROWS: usize, const COLUMNS: usize> {
    /// A value of each strip.
    pub values: [&'a T; ROWS],
    panel: *const L,
    lines: usize,
    memory: PhantomData<&'a [L]>,
}

impl<'a, T, L, const ROWS: usize, const COLUMNS: usize> Steps<'a, T, L, ROWS, COLUMNS> {
    /// All values of the strips, and the first values of the panel.
    ///
    /// # Panics
    /// If the panel has too few.
    #[inline(always)]
    pub fn new(strips: Strips<'a, T, ROWS>, panel: &'a [L], lines: usize) -> Self {
        let length = strips.length.saturating_mul(lines * COLUMNS);
        assert!(length <= panel.len(), "a panel lies within its memory");
        Self {
            strips,
            panel: panel.as_ptr(),
            done: 0,
            lines,
            memory: PhantomData,
        }
    }
}

impl<'a, T, L, const ROWS: usize, const COLUMNS: usize> Iterator
    for Steps<'a, T, L, ROWS, COLUMNS>
{
    type Item = Step<'a, T, L, ROWS, COLUMNS>;

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        if self.done == self.strips.length {
            return None;
        }
        let mut values = [self.strips.at(0, self.done); ROWS];
        for (row, value) in values.iter_mut().enumerate() {
            *value = self.strips.at(row, self.done);
        }
        let panel = self.panel;
        self.done += 1;
        // SAFETY: there are as many lines for each step, and one step more was just found not to be done.
        self.panel = unsafe { panel.add(self.lines * COLUMNS) };
        Some(Step {
            values,
            panel,
            lines: self.lines,
            memory: PhantomData,
        })
    }
}

impl<'a, T, L, const ROWS: usize, const COLUMNS: usize> Step<'a, T, L, ROWS, COLUMNS> {
    /// A value of the panel.
    ///
    /// # Panics
    /// If there is no such line or column.
    #[inline(always)]
    pub fn at(&self, line: usize, column: usize) -> &'a L {
        assert!(line < self.lines && column < COLUMNS);
        // SAFETY: all lines of the step lie within memory that is borrowed for `'a`.
        unsafe { &*self.panel.add(line * COLUMNS + column) }
    }
}

/// # Panics
/// If one of the pieces reaches beyond so many values.
#[inline(always)]
fn check_strips<const ROWS: usize>(memory: usize, starts: &[usize; ROWS], length: usize) {
    let mut last = 0;
    for start in starts {
        last = if *start > last { *start } else { last };
    }
    assert!(
        length <= memory && last <= memory - length,
        "strips lie within their memory"
    );
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

    #[test]
    fn strips_are_read_and_written_where_they_begin() {
        let mut memory: Vec<usize> = (0..20).collect();
        let strips = Strips::new(&memory, [15, 0, 7], 5);
        assert_eq!(
            [*strips.at(0, 4), *strips.at(1, 0), *strips.at(2, 3)],
            [19, 0, 10]
        );
        *StripsMut::new(&mut memory, [15, 0, 7], 5).at(2, 1) = 99;
        assert_eq!(memory[8], 99);
    }

    #[test]
    #[should_panic = "within their memory"]
    fn strips_end_within_their_memory() {
        Strips::new(&[0; 19], [0, 15, 7], 5);
    }

    #[test]
    #[should_panic = "within their memory"]
    fn strips_to_be_written_end_within_their_memory() {
        StripsMut::new(&mut [0; 19], [usize::MAX, 0, 7], 5);
    }

    #[test]
    #[should_panic = "index < self.length"]
    fn a_strip_is_no_longer_than_it_was_said_to_be() {
        Strips::new(&[0; 19], [0, 3, 7], 5).at(0, 5);
    }
}
