//! The last seconds of all leads, with what is missing marked as missing.

use std::collections::VecDeque;
use std::sync::Arc;

use thiserror::Error;

use super::session::{Block, Gap};
use super::{Layout, Update};
use crate::ecg::{Ecg, EcgError, Lead};

/// Why the ring holds no recording of the length asked for.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum RingError {
    /// No device has said which leads it records.
    #[error("no device has said hello yet")]
    NoLeads,
    /// Not enough has come yet since the device began, or since it changed leads or rate.
    #[error("{seconds:.1} of {needed:.0} seconds have come")]
    TooShort {
        /// Seconds there are.
        seconds: f64,
        /// Seconds asked for.
        needed: f64,
    },
    /// Samples are missing in the time asked for.
    #[error("samples are missing {seconds_ago:.1} seconds ago")]
    Gap {
        /// Seconds since the last that are missing.
        seconds_ago: f64,
    },
    /// The leads make no recording.
    #[error(transparent)]
    Ecg(#[from] EcgError),
}

/// The last seconds of all leads in millivolts.
///
/// A sample that is missing is NaN in all leads. The ring begins anew where a device starts or changes its leads or
/// its rate, but not where it changes a gain.
#[derive(Clone, Debug)]
pub struct Ring {
    seconds: f64,
    layout: Option<Arc<Layout>>,
    /// One row for each lead, all of one length.
    rows: Vec<Row>,
    capacity: usize,
    /// Sampling instants since the last that is missing.
    since_gap: usize,
}

/// A lead, the channel that records it, and its samples.
#[derive(Clone, Debug)]
struct Row {
    lead: Lead,
    channel: usize,
    samples: VecDeque<f32>,
}

impl Ring {
    /// An empty ring that will hold so many seconds.
    pub fn new(seconds: f64) -> Self {
        Self {
            seconds,
            layout: None,
            rows: Vec::new(),
            capacity: 0,
            since_gap: 0,
        }
    }

    /// Takes in what a session hands on.
    pub fn take(&mut self, update: &Update) {
        match update {
            Update::Session { .. } => self.begin(None),
            Update::Layout(layout) => self.read_by(layout),
            Update::Gap(gap) => self.gap(gap),
            Update::Samples(block) => self.samples(block),
            _ => {}
        }
    }

    /// How many seconds there are, those missing included.
    pub fn filled_seconds(&self) -> f64 {
        let samples = self.rows.first().map_or(0, |row| row.samples.len());
        self.layout
            .as_ref()
            .map_or(0.0, |layout| samples as f64 / layout.sampling_rate())
    }

    /// Seconds since the last sample that is missing; no more than the ring holds.
    pub fn seconds_since_gap(&self) -> f64 {
        self.layout
            .as_ref()
            .map_or(0.0, |layout| self.since_gap as f64 / layout.sampling_rate())
    }

    /// The leads, in the order of the device's channels.
    pub fn leads(&self) -> impl Iterator<Item = Lead> {
        self.rows.iter().map(|row| row.lead)
    }

    /// The samples of a lead in millivolts, the oldest first; NaN where one is missing. `None` where the device does
    /// not record it.
    pub fn lead(&self, lead: Lead) -> Option<impl Iterator<Item = f32>> {
        let row = self.rows.iter().find(|row| row.lead == lead)?;
        Some(row.samples.iter().copied())
    }

    /// The last `seconds` as a recording of the leads that the device records, at the rate that it means to sample at.
    /// [`Ecg::twelve_leads`] derives the others.
    ///
    /// # Errors
    /// Where not so many have come, or samples are missing among them.
    pub fn last(&self, seconds: f64) -> Result<Ecg, RingError> {
        let layout = self.layout.as_ref().ok_or(RingError::NoLeads)?;
        let rate = layout.sampling_rate();
        let count = (seconds * rate).round() as usize;
        let filled = self.rows.first().map_or(0, |row| row.samples.len());
        if self.since_gap < count && self.since_gap < filled {
            let seconds_ago = self.since_gap as f64 / rate;
            return Err(RingError::Gap { seconds_ago });
        }
        if filled < count {
            return Err(RingError::TooShort {
                seconds: filled as f64 / rate,
                needed: seconds,
            });
        }
        let newest = |row: &Row| row.samples.range(filled - count..).copied().collect();
        let samples = self.rows.iter().map(newest).collect();
        Ok(Ecg::new(self.leads().collect(), samples, rate)?)
    }

    /// Forgets everything; `layout` says what is to come.
    fn begin(&mut self, layout: Option<Arc<Layout>>) {
        self.rows.clear();
        self.since_gap = 0;
        if let Some(layout) = &layout {
            self.capacity = (self.seconds * layout.sampling_rate()).ceil().max(1.0) as usize;
            for (channel, lead) in layout.leads() {
                self.rows.push(Row {
                    lead,
                    channel,
                    samples: VecDeque::new(),
                });
            }
        }
        self.layout = layout;
    }

    fn read_by(&mut self, layout: &Arc<Layout>) {
        match &self.layout {
            Some(before) if layout.continues(before) => self.layout = Some(layout.clone()),
            _ => self.begin(Some(layout.clone())),
        }
    }

    fn gap(&mut self, gap: &Gap) {
        let length = usize::try_from(gap.length).unwrap_or(usize::MAX);
        let length = length.min(self.capacity);
        for row in &mut self.rows {
            row.push(std::iter::repeat_n(f32::NAN, length), self.capacity);
        }
        self.since_gap = 0;
    }

    fn samples(&mut self, block: &Block) {
        for row in &mut self.rows {
            if let Some(samples) = block.millivolts(row.channel) {
                row.push(samples, self.capacity);
            }
        }
        self.since_gap = (self.since_gap + block.len()).min(self.capacity);
    }
}

impl Row {
    fn push(&mut self, samples: impl Iterator<Item = f32>, capacity: usize) {
        for sample in samples {
            if self.samples.len() >= capacity {
                self.samples.pop_front();
            }
            self.samples.push_back(sample);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cart::Session;
    use crate::cart::fixtures::Device;

    fn pushed(ring: &mut Ring, session: &mut Session, bytes: &[u8]) {
        session.push(bytes, |update| ring.take(&update));
    }

    #[test]
    fn the_last_seconds_are_kept_and_no_more() {
        let (mut ring, mut session) = (Ring::new(2.0), Session::new());
        assert_eq!(ring.last(1.0), Err(RingError::NoLeads));
        let mut device = Device::new(1);
        pushed(&mut ring, &mut session, &device.hello());
        let too_short = RingError::TooShort {
            seconds: 0.0,
            needed: 1.0,
        };
        assert_eq!(ring.last(1.0), Err(too_short));
        for _ in 0..150 {
            pushed(&mut ring, &mut session, &device.samples(10));
        }
        assert_eq!(ring.filled_seconds(), 2.0);
        let ecg = ring.last(2.0).expect("two seconds without a gap");
        assert_eq!(ecg.samples_per_lead(), 1000);
        // Lead II comes on channel 2.
        let second = ecg.lead(Lead::II).expect("recorded");
        for (sample, value) in second.iter().enumerate() {
            let code = f64::from(Device::code(500 + sample as u32, 2));
            let expected = (code * 0.4 / 8_388.607) as f32;
            assert!((value - expected).abs() <= expected.abs() * 1e-6);
        }
        let twelve = ecg.twelve_leads().expect("from eight");
        assert_eq!(twelve.leads(), Lead::STANDARD);
        let (first, third) = (ecg.lead(Lead::I), twelve.lead(Lead::III));
        let (first, third) = (first.expect("recorded"), third.expect("derived"));
        assert_eq!(third[7], second[7] - first[7]);
    }

    #[test]
    fn what_is_missing_is_marked_and_never_part_of_a_recording() {
        let (mut ring, mut session) = (Ring::new(2.0), Session::new());
        let mut device = Device::new(1);
        pushed(&mut ring, &mut session, &device.hello());
        for number in 0..100 {
            let bytes = device.samples(10);
            if number != 60 {
                pushed(&mut ring, &mut session, &bytes);
            }
        }
        let marked: Vec<bool> = ring
            .lead(Lead::V1)
            .expect("kept")
            .map(f32::is_nan)
            .collect();
        let expected: Vec<bool> = (0..1000).map(|n| (600..610).contains(&n)).collect();
        assert_eq!(marked, expected);
        assert_eq!(ring.last(1.0), Err(RingError::Gap { seconds_ago: 0.78 }));
        let after = ring.last(0.78).expect("what came after the gap");
        assert_eq!(after.samples_per_lead(), 390);
        // A gap of hours fills the ring and not the memory.
        device.next_sample += 10_000_000;
        pushed(&mut ring, &mut session, &device.samples(10));
        assert_eq!(ring.filled_seconds(), 2.0);
        assert_eq!(ring.seconds_since_gap(), 0.02);
    }

    #[test]
    fn a_gain_changes_nothing_and_a_rate_begins_anew() {
        let (mut ring, mut session) = (Ring::new(2.0), Session::new());
        let mut device = Device::new(1);
        let begin = [device.hello(), device.samples(20)].concat();
        pushed(&mut ring, &mut session, &begin);
        device.hello.configuration = 1;
        device.hello.channels[3].gain = 12;
        let changed = [device.hello(), device.samples(20)].concat();
        pushed(&mut ring, &mut session, &changed);
        assert_eq!(ring.filled_seconds(), 0.08);
        let v2: Vec<f32> = ring.lead(Lead::V2).expect("kept").collect();
        let ratio = |n: usize| v2[n] / Device::code(n as u32, 3) as f32;
        assert!((ratio(5) / ratio(25) - 2.0).abs() < 1e-5);
        device.hello.configuration = 2;
        device.hello.sampling_rate_millihertz = 1_000_000;
        let changed = [device.hello(), device.samples(20)].concat();
        pushed(&mut ring, &mut session, &changed);
        assert_eq!(ring.filled_seconds(), 0.02);
        pushed(&mut ring, &mut session, &Device::new(2).hello());
        assert_eq!(ring.filled_seconds(), 0.0);
    }
}
