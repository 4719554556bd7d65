//! Writes the median beats of recordings into one file, for fits and comparisons outside.
//!
//! `cargo run --release -p ecg2mri --example median_beats -- OUT.f32 RECORDING...` writes little-endian
//! 32-bit floats of shape (recording, 12, 600) in millivolts. A recording that gives no median beat ends it.

use std::error::Error;
use std::path::Path;

use ecg2mri::{AtomicFile, formats, signal};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let out = arguments
        .next()
        .ok_or("name the file to write, then recordings")?;
    let mut bytes = Vec::new();
    for path in arguments {
        let beat = signal::median_beat(&formats::read(Path::new(&path))?)?;
        bytes.extend(beat.as_slice().iter().flat_map(|value| value.to_le_bytes()));
    }
    AtomicFile::write(Path::new(&out), &bytes)?;
    Ok(())
}
