//! What the samples must be: the recording that the image plays, read and scaled here by itself.

use ecg2mri_shim::wire::{Hello, Samples, Status, microvolts_per_code};
use std::fs;
use std::path::Path;

/// Instants of the recording in a second.
const SAMPLES_PER_SECOND: u32 = 500;

/// By how many codes a sample may differ: the chip rounds what falls between two.
const ROUNDING: f64 = 1.0;

/// The recording, and where in it the samples are.
pub struct Played {
    /// Each instant's microvolts, in the order of the chip's channels.
    recording: Vec<[f64; 8]>,
    hello: Option<Hello>,
    /// How far into the recording sample 0 may be, in samples: one place after few samples, or several if beats repeat
    /// exactly. Empty before the first samples under a configuration.
    beginnings: Vec<usize>,
    checked: usize,
}

impl Played {
    pub fn new() -> Self {
        Self {
            recording: recording(),
            hello: None,
            beginnings: Vec::new(),
            checked: 0,
        }
    }

    /// Samples that were as they must be.
    pub fn checked(&self) -> usize {
        self.checked
    }

    /// What the device last said of its samples.
    pub fn hello(&self) -> &Hello {
        self.hello.as_ref().expect("a hello comes first")
    }

    /// Takes in a hello; tells whether it says something new.
    pub fn hears(&mut self, hello: &Hello) -> bool {
        let new = self.hello.as_ref() != Some(hello);
        if new {
            // A chip that was set anew begins anew.
            self.beginnings.clear();
            self.hello = Some(hello.clone());
        }
        new
    }

    /// Checks all samples of a frame, other than those of a test signal or not settled.
    pub fn check(&mut self, samples: &Samples) {
        assert_eq!(samples.configuration, self.hello().configuration);
        assert_eq!(samples.block.channel_count(), 8);
        if samples.status.contains(Status::TEST_SIGNAL) || samples.status.contains(Status::SETTLING)
        {
            // The chip was stopped in between.
            self.beginnings.clear();
            return;
        }
        assert_eq!(samples.status, Status::NONE);
        if self.beginnings.is_empty() {
            let hello = self.hello();
            let length = self.recording.len() * hello.sampling_rate_millihertz as usize
                / (1000 * SAMPLES_PER_SECOND as usize);
            self.beginnings.extend(0..length);
        }
        let mut beginnings = std::mem::take(&mut self.beginnings);
        beginnings.retain(|&beginning| self.matches(samples, beginning));
        assert!(
            !beginnings.is_empty(),
            "{samples:?} are not what was played"
        );
        self.beginnings = beginnings;
        self.checked += samples.block.sample_count();
    }

    /// Whether these samples are the recording's if sample 0 is there.
    fn matches(&self, samples: &Samples, beginning: usize) -> bool {
        let hello = self.hello();
        let mut rows = samples.block.rows().enumerate();
        rows.all(|(row, codes)| {
            let tick = beginning + samples.first_sample as usize + row;
            let instant =
                tick * 1000 * SAMPLES_PER_SECOND as usize / hello.sampling_rate_millihertz as usize;
            let played = &self.recording[instant % self.recording.len()];
            codes
                .iter()
                .zip(&hello.channels)
                .zip(played)
                .all(|((&code, channel), microvolts)| {
                    let step = microvolts_per_code(hello.reference_microvolts, channel.gain)
                        .expect("all channels are on");
                    (f64::from(code) - microvolts / step).abs() <= ROUNDING
                })
        })
    }
}

fn recording() -> Vec<[f64; 8]> {
    const SIGNALS: usize = 12;
    // V6, I, II, V2, V3, V4, V5, V1 in a file of I, II, III, aVR, aVL, aVF, V1–V6.
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
