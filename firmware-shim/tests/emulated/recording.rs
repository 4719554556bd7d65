//! The recording that the image plays, read here by itself.

use std::fs;
use std::path::Path;

/// Instants in a second.
pub const SAMPLES_PER_SECOND: u32 = 500;

/// Each instant's microvolts, in the order of the chip's channels: V6, I, II, V2, V3, V4, V5, V1.
pub fn played() -> Vec<[f64; 8]> {
    const SIGNALS: usize = 12;
    // Leads in the file: I, II, III, aVR, aVL, aVF, V1–V6.
    const CHANNELS: [usize; 8] = [11, 0, 1, 7, 8, 9, 10, 6];
    const MICROVOLTS_PER_STEP: f64 = 1000.0 / 8000.0;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/samples/normal-woman.dat");
    let bytes = fs::read(file).expect("the sample recording is there");
    bytes
        .chunks_exact(2 * SIGNALS)
        .map(|instant| {
            CHANNELS.map(|signal| {
                let step = i16::from_le_bytes([instant[2 * signal], instant[2 * signal + 1]]);
                f64::from(step) * MICROVOLTS_PER_STEP
            })
        })
        .collect()
}
