//! What the monitor shows of a device.

use ecg2mri_shim::wire::{LeadOff, Status as Flags};

use super::*;
use crate::cart::fixtures::Device;
use crate::cart::{RingError, Session};

/// A beat each 400 samples, a triangle 40 ms wide and 1 mV high, larger from channel to channel.
fn beats(sample: u32, channel: usize) -> i32 {
    let from_peak = (i64::from(sample % 400) - 200).abs();
    let height = (10 - from_peak).max(0) as i32;
    height * 2000 * (channel as i32 + 2) / 3
}

struct Watched {
    device: Device,
    session: Session,
    monitor: Monitor,
}

impl Watched {
    fn new() -> Self {
        let mut watched = Self {
            device: Device::new(1),
            session: Session::new(),
            monitor: Monitor::new(10.0),
        };
        let hello = watched.device.hello();
        watched.push(&hello);
        watched
    }

    fn push(&mut self, bytes: &[u8]) {
        let monitor = &mut self.monitor;
        self.session
            .push(bytes, |update| monitor.take(&update, None));
    }

    fn seconds(&mut self, seconds: u32) {
        for _ in 0..50 * seconds {
            let bytes = self.device.samples_of(10, beats);
            self.push(&bytes);
        }
    }

    fn why_not(&self) -> String {
        let refused = self.monitor.ready();
        refused
            .expect_err("something speaks against it")
            .to_string()
    }
}

#[test]
fn heart_rate_and_readiness_come_with_the_seconds() {
    let mut watched = Watched::new();
    assert_eq!(watched.monitor.status().heart_rate_bpm, None);
    watched.seconds(4);
    let status = watched.monitor.status();
    // 400 samples at 500 Hz.
    let rate = status.heart_rate_bpm.expect("four seconds");
    assert!((rate - 75.0).abs() < 1.0, "{rate}");
    assert_eq!(status.quality, None);
    assert!(
        status
            .to_string()
            .starts_with("75 bpm, electrodes on, 4.0 of 10 seconds have come")
    );
    watched.seconds(6);
    let ecg = watched.monitor.ready().expect("ten seconds");
    assert_eq!((ecg.leads().len(), ecg.samples_per_lead()), (12, 5000));
    assert!(watched.monitor.status().quality.is_some());
    assert_eq!(watched.monitor.status().not_ready, None);
}

#[test]
fn whatever_speaks_against_a_picture_does_so_for_ten_seconds() {
    let mut watched = Watched::new();
    watched.seconds(10);
    let brief = |watched: &mut Watched| {
        watched.seconds(1);
        watched.device.status = Flags::NONE;
        watched.device.lead_off = LeadOff::NONE;
        watched.seconds(8);
    };
    watched.device.status = Flags::SETTLING;
    brief(&mut watched);
    assert!(watched.why_not().contains("settled"));
    watched.device.status = Flags::TEST_SIGNAL;
    brief(&mut watched);
    assert!(watched.why_not().contains("test signal"));
    watched.device.lead_off.positive = 0b10;
    watched.seconds(1);
    assert_eq!(watched.monitor.status().electrodes_off, ["LA"]);
    brief(&mut watched);
    assert!(watched.why_not().contains("LA"), "{}", watched.why_not());
    assert!(watched.monitor.status().electrodes_off.is_empty());
    watched.device.next_sample += 1;
    watched.seconds(8);
    assert_eq!(
        watched.monitor.ready(),
        Err(NotReady::Ring(RingError::Gap { seconds_ago: 8.0 }))
    );
    watched.seconds(2);
    assert!(watched.monitor.ready().is_ok());
}

#[test]
fn a_device_without_chest_leads_is_told_so() {
    let mut watched = Watched::new();
    watched.device.hello.configuration = 1;
    watched.device.hello.channels.truncate(3);
    let hello = watched.device.hello();
    watched.push(&hello);
    watched.seconds(10);
    assert!(watched.why_not().contains("V1"), "{}", watched.why_not());
}
