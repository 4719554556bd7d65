//! Structures that grow between versions: their first field is the size that the program was compiled with.

use crate::failure::Failure;
use crate::pointer;

/// A structure of the interface.
///
/// # Safety
/// It is `repr(C)`, its first field is a `usize` that holds its size, all zeros are a value of it, and fields are
/// only ever added at its end.
pub(crate) unsafe trait Structure: Copy {
    /// Its size in the first version of the interface.
    const FIRST_SIZE: usize;
    /// Its name in C.
    const NAME: &'static str;
}

/// The size that the caller gives a structure.
///
/// # Safety
/// As [`read`].
unsafe fn size<T: Structure>(structure: *const T) -> Result<usize, Failure> {
    pointer::check(structure, T::NAME)?;
    // SAFETY: neither null nor misaligned, and the first field of a `Structure` is its size. No more than it may be
    // there, so that no reference to a whole `T` is made.
    let size = unsafe { structure.cast::<usize>().read() };
    if size < T::FIRST_SIZE {
        return Err(Failure::argument(format!(
            "{0}.size is {size} where {1} is the least; set it to sizeof({0})",
            T::NAME,
            T::FIRST_SIZE
        )));
    }
    Ok(size)
}

/// Reads a structure of the caller's; what its version lacks is zero.
///
/// # Safety
/// `given` is null, misaligned, or leads to a size, which is too small or the size of a structure there.
pub(crate) unsafe fn read<T: Structure>(given: *const T) -> Result<T, Failure> {
    // SAFETY: as promised.
    let size = unsafe { size(given)? };
    let known = size_of::<T>();
    // SAFETY: all zeros are a value of a `Structure`.
    let mut own: T = unsafe { std::mem::zeroed() };
    // SAFETY: `size` bytes are there, `known` bytes are ours, and the two do not overlap.
    unsafe {
        std::ptr::copy_nonoverlapping(
            given.cast::<u8>(),
            (&raw mut own).cast::<u8>(),
            size.min(known),
        );
    }
    if size > known {
        // SAFETY: the bytes from `known` to `size` are there; they are read as bytes.
        let rest = unsafe { pointer::array(given.cast::<u8>().add(known), size - known, T::NAME)? };
        if rest.iter().any(|&byte| byte != 0) {
            return Err(Failure::argument(format!(
                "{} holds fields that this version of the library does not know; use a later one",
                T::NAME
            )));
        }
    }
    Ok(own)
}

/// Fills a structure of the caller's as far as both know it, and gives its size the bytes filled.
///
/// # Safety
/// As [`read`]; and it can be written to.
pub(crate) unsafe fn fill<T: Structure>(given: *mut T, value: &T) -> Result<(), Failure> {
    // SAFETY: as promised.
    let filled = unsafe { size(given)? }.min(size_of::<T>());
    // SAFETY: `filled` bytes are there and ours, and do not overlap; the first of them are the size.
    unsafe {
        std::ptr::copy_nonoverlapping(
            std::ptr::from_ref(value).cast::<u8>(),
            given.cast::<u8>(),
            filled,
        );
        given.cast::<usize>().write(filled);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The second version of a structure that began with `first`.
    #[repr(C)]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Grown {
        size: usize,
        first: f64,
        second: f64,
    }

    // SAFETY: it is all that is asked.
    unsafe impl Structure for Grown {
        const FIRST_SIZE: usize = std::mem::offset_of!(Grown, second);
        const NAME: &'static str = "grown";
    }

    const NOW: usize = size_of::<Grown>();

    fn of(size: usize) -> Grown {
        Grown {
            size,
            first: 1.0,
            second: 2.0,
        }
    }

    fn read_of(given: &Grown) -> Result<Grown, Failure> {
        // SAFETY: sizes in these tests are those of what is there.
        unsafe { read(given) }
    }

    #[test]
    fn an_older_program_gives_and_gets_what_it_knows() {
        let second = |given: &Grown| read_of(given).map(|own| own.second).ok();
        assert_eq!(second(&of(NOW)), Some(2.0));
        assert_eq!(second(&of(Grown::FIRST_SIZE)), Some(0.0));
        let mut older = Grown {
            size: Grown::FIRST_SIZE,
            first: -1.0,
            second: -1.0,
        };
        // SAFETY: as above.
        unsafe { fill(&raw mut older, &of(NOW)) }.expect("filled");
        assert_eq!(
            (older.size, older.first, older.second),
            (Grown::FIRST_SIZE, 1.0, -1.0)
        );
    }

    #[test]
    fn a_newer_program_is_served_unless_it_asks_for_what_is_not_there() {
        let mut newer = [of(NOW + 8), of(0)];
        let read = |newer: &[Grown; 2]| {
            // SAFETY: the second element's size stands for the field that is added.
            unsafe { read(newer.as_ptr()) }
        };
        newer[1].size = 0;
        assert_eq!(read(&newer).map(|own| own.second).ok(), Some(2.0));
        newer[1].size = 1;
        let refused = read(&newer).expect_err("unknown");
        assert!(refused.message.contains("later"), "{}", refused.message);
        // SAFETY: as above.
        unsafe { fill(newer.as_mut_ptr(), &of(NOW)) }.expect("filled");
        assert_eq!((newer[0].size, newer[1].size), (NOW, 1));
    }

    #[test]
    fn what_is_no_structure_is_refused() {
        assert!(read_of(&of(Grown::FIRST_SIZE - 1)).is_err());
        assert!(read_of(&of(0)).is_err());
        // SAFETY: a null pointer is refused before it is followed.
        assert!(unsafe { read::<Grown>(std::ptr::null()) }.is_err());
        let bytes = [0_u8; 2 * NOW];
        let even = (bytes.as_ptr() as usize).is_multiple_of(2);
        let odd = if even { 1 } else { 2 };
        // SAFETY: a misaligned pointer is refused before it is followed.
        let refused = unsafe { read(bytes.as_ptr().add(odd).cast::<Grown>()) };
        let refused = refused.expect_err("misaligned");
        assert!(refused.message.contains("aligned"), "{}", refused.message);
    }
}
