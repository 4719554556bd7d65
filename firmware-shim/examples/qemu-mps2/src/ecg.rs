//! The ECG that the simulated chip sees: ten seconds of eight leads, over and over (`build.rs`).

/// Leads in each instant, in the order of the chip's channels.
const CHANNELS: usize = 8;

/// Instants in a second.
pub const SAMPLES_PER_SECOND: u32 = 500;

/// What a step of a sample stands for.
const NANOVOLTS_PER_STEP: i64 = 125;

/// Little-endian 16-bit samples, all channels of the first instant, then all of the second.
static SAMPLES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/ecg.bin"));

const BYTES_PER_INSTANT: usize = 2 * CHANNELS;

/// A channel's input, in nanovolts, at an instant of the recording, which begins again after its end.
pub fn nanovolts(channel: usize, instant: u64) -> i64 {
    let instants = (SAMPLES.len() / BYTES_PER_INSTANT) as u64;
    let offset = (instant % instants) as usize * BYTES_PER_INSTANT + 2 * channel;
    let step = i16::from_le_bytes([SAMPLES[offset], SAMPLES[offset + 1]]);
    i64::from(step) * NANOVOLTS_PER_STEP
}
