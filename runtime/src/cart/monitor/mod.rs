//! What a cart shows of a device from second to second: heart rate, electrodes, quality, and whether the last seconds
//! would do for a picture.

mod not_ready;
mod status;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use ecg2mri_shim::wire::Status as Flags;

pub use not_ready::NotReady;
pub use status::Status;

use super::{Block, Clock, Electrode, Layout, Ring, Update};
use crate::ecg::Ecg;
use crate::signal::detect_qrs;
use crate::signal::quality::assess;

/// Seconds that a picture is made of.
pub const PICTURE_SECONDS: f64 = 10.0;
/// Fewer seconds give no heart rate.
const LEAST_SECONDS: f64 = 3.0;

/// Follows what a session hands on.
#[derive(Clone, Debug)]
pub struct Monitor {
    ring: Ring,
    clock: Clock,
    layout: Option<Arc<Layout>>,
    /// Sampling instants since the device began, those missing included.
    instants: u64,
    /// Sampling instants at which something last held that speaks against a picture.
    last: LastSeen,
    /// Electrodes off in the last samples.
    off: Vec<Electrode>,
}

/// Number of the sampling instant after the last at which something held.
#[derive(Clone, Debug, Default)]
struct LastSeen {
    settling: Option<u64>,
    test_signal: Option<u64>,
    electrodes_off: Vec<(Electrode, u64)>,
}

impl Monitor {
    /// A monitor that keeps the last `seconds`; ten at least, which a picture takes.
    pub fn new(seconds: f64) -> Self {
        Self {
            ring: Ring::new(seconds.max(PICTURE_SECONDS)),
            clock: Clock::new(),
            layout: None,
            instants: 0,
            last: LastSeen::default(),
            off: Vec::new(),
        }
    }

    /// Takes in what a session hands on. `arrived` is the time since some moment that is the same for all calls, and
    /// `None` where bytes are not from a device but from a file, read as fast as it goes.
    pub fn take(&mut self, update: &Update, arrived: Option<Duration>) {
        self.ring.take(update);
        match update {
            Update::Session { .. } => {
                self.clock.begin();
                self.layout = None;
                self.begin();
            }
            Update::Layout(layout) => {
                let before = self.layout.replace(layout.clone());
                if !before.is_some_and(|before| layout.continues(&before)) {
                    self.begin();
                }
            }
            Update::Gap(gap) => self.instants += gap.length,
            Update::Samples(block) => {
                if let Some(arrived) = arrived {
                    self.clock
                        .observe(arrived, block.timestamp_microseconds, block.position);
                }
                self.samples(block);
            }
            _ => {}
        }
    }

    /// The last seconds.
    pub fn ring(&self) -> &Ring {
        &self.ring
    }

    /// How the device's clock compares with that of this machine.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// What the samples mean, once a device has said so.
    pub fn layout(&self) -> Option<&Layout> {
        self.layout.as_deref()
    }

    /// Sampling instants since the device began or changed its leads or its rate, those missing included.
    pub fn instants(&self) -> u64 {
        self.instants
    }

    /// The last ten seconds as a recording, if all of them are good: nothing missing, all electrodes on, amplifiers
    /// settled, inputs at the electrodes. The twelve leads follow from those recorded.
    ///
    /// # Errors
    /// What speaks against it.
    pub fn ready(&self) -> Result<Ecg, NotReady> {
        let ecg = self.ring.last(PICTURE_SECONDS)?;
        if self.is_recent(self.last.test_signal) {
            return Err(NotReady::TestSignal);
        }
        let off = self.last.electrodes_off.iter();
        let recent = off.filter(|(_, last)| self.is_recent(Some(*last)));
        let off: Vec<Electrode> = recent.map(|(electrode, _)| *electrode).collect();
        if !off.is_empty() {
            return Err(NotReady::ElectrodesOff(off));
        }
        if self.is_recent(self.last.settling) {
            return Err(NotReady::Settling);
        }
        Ok(ecg.twelve_leads()?)
    }

    /// What there is to show.
    pub fn status(&self) -> Status {
        let ready = self.ready();
        let steady = self
            .ring
            .seconds_since_gap()
            .min(self.ring.filled_seconds());
        let beats = (steady >= LEAST_SECONDS)
            .then(|| self.ring.last(steady.min(PICTURE_SECONDS)).ok())
            .flatten();
        let quality = ready.as_ref().ok().map(assess);
        let reasons = quality.iter().flat_map(|quality| &quality.reasons);
        let estimate = self.clock.drift_ppm();
        Status {
            seconds: steady,
            heart_rate_bpm: beats.as_ref().and_then(heart_rate),
            electrodes_off: self.off.iter().map(ToString::to_string).collect(),
            quality: quality.as_ref().map(|quality| quality.verdict.to_string()),
            reasons: reasons.map(ToString::to_string).collect(),
            not_ready: ready.err().map(|reason| reason.to_string()),
            nominal_rate_hz: self.layout().map(Layout::sampling_rate),
            measured_rate_hz: self.clock.sampling_rate().map(|rate| rate.value),
            clock_drift_ppm: estimate.map(|drift| drift.value),
            clock_uncertainty_ppm: estimate.map(|drift| drift.uncertainty),
        }
    }

    fn begin(&mut self) {
        self.instants = 0;
        self.last = LastSeen::default();
        self.off.clear();
    }

    fn samples(&mut self, block: &Block) {
        self.instants += block.len() as u64;
        let now = Some(self.instants);
        let flags = block.samples.status;
        if flags.contains(Flags::SETTLING) {
            self.last.settling = now;
        }
        if flags.contains(Flags::TEST_SIGNAL) {
            self.last.test_signal = now;
        }
        self.off = block.layout.electrodes_off(block.samples.lead_off);
        for electrode in &self.off {
            let seen = &mut self.last.electrodes_off;
            match seen.iter_mut().find(|(other, _)| other == electrode) {
                Some((_, last)) => *last = self.instants,
                None => seen.push((*electrode, self.instants)),
            }
        }
    }

    /// Whether the last ten seconds contain an instant before the one with this number.
    fn is_recent(&self, last: Option<u64>) -> bool {
        let rate = self.layout().map_or(0.0, Layout::sampling_rate);
        last.is_some_and(|last| (self.instants - last) < (PICTURE_SECONDS * rate) as u64)
    }
}

/// Beats per minute, from the first complex to the last; `None` where there are fewer than two.
fn heart_rate(ecg: &Ecg) -> Option<f64> {
    let beats = detect_qrs(ecg).ok()?;
    let (first, last) = (*beats.first()?, *beats.last()?);
    let seconds = last.checked_sub(first)? as f64 / ecg.sampling_rate();
    (seconds > 0.0).then(|| 60.0 * (beats.len() - 1) as f64 / seconds)
}
