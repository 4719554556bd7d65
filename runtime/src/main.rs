//! The program `ecg2mri`: a thin layer over the library of the same name.

#![forbid(unsafe_code)]

mod cli;

use std::process::ExitCode;

/// More than any piece of memory that loading a model of the greatest size that ships needs, and less than what glibc
/// takes for large at the most, 32 MiB.
const LARGEST_PIECE: usize = 24 << 20;

fn main() -> ExitCode {
    keep_freed_memory();
    cli::run()
}

/// Makes glibc keep what is freed while a model is loaded, for what comes next.
///
/// It asks the system for each large piece and gives it back when it is freed, and every page of the next is a fault
/// again. What it takes for large grows to the largest piece that was freed so (mallopt(3), `M_MMAP_THRESHOLD`): here
/// one that nobody writes to, which costs no memory. Elsewhere this does nothing.
fn keep_freed_memory() {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(
        LARGEST_PIECE,
    )));
}
