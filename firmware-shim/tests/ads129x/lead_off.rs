//! Electrodes that are off.

use crate::rig::{configured, next};
use ecg2mri_shim::ads129x::registers::{Channels, LeadOffCurrent, LeadOffThreshold, Register};
use ecg2mri_shim::ads129x::{Configuration, LeadOffDetection, LeadOffMethod, ReadMode, Variant};
use ecg2mri_shim::simulator::{Chip, Impedance, Moment, Side, Signal, Simulator};
use ecg2mri_shim::wire::{CODE_MAX, CODE_MIN, LeadOff, microvolts_per_code};

/// Half a millivolt on all channels, through these electrodes.
#[derive(Default)]
struct Body {
    positive: [Option<Impedance>; 8],
    negative: [Option<Impedance>; 8],
    right_leg_off: bool,
}

impl Signal for Body {
    fn nanovolts(&mut self, _: usize, _: Moment) -> i64 {
        500_000
    }

    fn impedance(&self, channel: usize, side: Side, _: Moment) -> Impedance {
        let side = match side {
            Side::Positive => &self.positive,
            Side::Negative => &self.negative,
        };
        side[channel].unwrap_or(Impedance::Ohms(0))
    }

    fn is_right_leg_off(&self, _: Moment) -> bool {
        self.right_leg_off
    }
}

fn detecting(method: LeadOffMethod) -> Configuration {
    let mut configuration = Configuration::new();
    configuration.lead_off = Some(LeadOffDetection {
        method,
        threshold: LeadOffThreshold::Percent95,
        positive: Channels(0xFF),
        negative: Channels(0x0F),
        flipped: Channels::NONE,
    });
    configuration
}

const DIRECT: LeadOffMethod = LeadOffMethod::DirectCurrent(LeadOffCurrent::Nanoamperes6);

#[test]
fn each_electrode_is_reported_by_itself() {
    for (side, count) in [(Side::Positive, 8), (Side::Negative, 4)] {
        for channel in 0..count {
            let simulator = Simulator::new(Chip::new(Variant::Ads1298, Body::default()));
            let mut driver = configured(&simulator, &detecting(DIRECT));
            driver.start(ReadMode::OnCommand).expect("it starts");
            let attached = next(&simulator, &mut driver).expect("a conversion");
            assert_eq!(attached.lead_off, LeadOff::NONE);
            simulator.with(|chip| {
                let electrodes = match side {
                    Side::Positive => &mut chip.signal.positive,
                    Side::Negative => &mut chip.signal.negative,
                };
                electrodes[channel] = Some(Impedance::Open);
            });
            let reading = next(&simulator, &mut driver).expect("a conversion");
            let expected = match side {
                Side::Positive => LeadOff {
                    positive: 1 << channel,
                    negative: 0,
                },
                Side::Negative => LeadOff {
                    positive: 0,
                    negative: 1 << channel,
                },
            };
            assert_eq!(reading.lead_off, expected);
            assert_eq!(driver.lead_off(), Ok(expected));
            // The input is at its supply, so the channel is at its end.
            assert_eq!(reading.codes()[channel], CODE_MAX);
            // And back on.
            simulator.with(|chip| chip.signal = Body::default());
            let reading = next(&simulator, &mut driver).expect("a conversion");
            assert_eq!(reading.lead_off, LeadOff::NONE);
        }
    }
}

#[test]
fn electrodes_that_are_not_sensed_are_not_reported() {
    let simulator = Simulator::new(Chip::new(Variant::Ads1298, Body::default()));
    let mut driver = configured(&simulator, &detecting(DIRECT));
    simulator.with(|chip| chip.signal.negative = [Some(Impedance::Open); 8]);
    driver.start(ReadMode::Continuous).expect("it starts");
    let reading = next(&simulator, &mut driver).expect("a conversion");
    assert_eq!(reading.lead_off.negative, 0x0F);
    // Nothing reaches the others, and nothing says so.
    assert_eq!(reading.codes()[4..], [0; 4]);
}

#[test]
fn without_comparators_nothing_is_ever_reported() {
    // The bench's most common fault, which the driver cannot be made to commit.
    let simulator = Simulator::new(Chip::new(Variant::Ads1298, Body::default()));
    let mut driver = configured(&simulator, &detecting(DIRECT));
    simulator.with(|chip| chip.signal.positive = [Some(Impedance::Open); 8]);
    assert_eq!(driver.read_register(Register::LeadOffStatusP), Ok(0xFF));
    driver
        .write_register(Register::Config4, 0)
        .expect("it obeys");
    assert_eq!(driver.read_register(Register::LeadOffStatusP), Ok(0));
}

#[test]
fn the_threshold_decides_what_is_off() {
    // 24 nA through 70 MΩ move an input by 1.68 V: to 83.6 % of a supply of 5 V.
    for (&threshold, off) in LeadOffThreshold::ALL
        .iter()
        .zip([false, false, false, false, false, true, true, true])
    {
        let mut configuration =
            detecting(LeadOffMethod::DirectCurrent(LeadOffCurrent::Nanoamperes24));
        let detection = configuration.lead_off.as_mut().expect("it is on");
        detection.threshold = threshold;
        let simulator = Simulator::new(Chip::new(Variant::Ads1298, Body::default()));
        simulator.with(|chip| chip.signal.positive[2] = Some(Impedance::Ohms(70_000_000)));
        let mut driver = configured(&simulator, &configuration);
        let found = driver.lead_off().expect("registers in reach");
        assert_eq!(found.positive, u8::from(off) << 2, "{threshold:?}");
    }
}

#[test]
fn current_through_a_real_electrode_shifts_the_baseline() {
    let step = microvolts_per_code(2_400_000, 6).expect("not 0");
    for &current in LeadOffCurrent::ALL {
        for (flipped, sign) in [(0x00, 1.0), (0xFF, -1.0)] {
            let mut configuration = detecting(LeadOffMethod::DirectCurrent(current));
            let detection = configuration.lead_off.as_mut().expect("it is on");
            detection.flipped = Channels(flipped);
            let simulator = Simulator::new(Chip::new(Variant::Ads1298, Body::default()));
            simulator.with(|chip| {
                chip.signal.positive = [Some(Impedance::Ohms(51_000)); 8];
                chip.signal.negative = [Some(Impedance::Ohms(51_000)); 8];
            });
            let mut driver = configured(&simulator, &configuration);
            driver.start(ReadMode::Continuous).expect("it starts");
            let reading = next(&simulator, &mut driver).expect("a conversion");
            assert_eq!(reading.lead_off, LeadOff::NONE);
            let drop = f64::from(current.nanoamperes()) * 51_000.0 / 1000.0;
            // Both electrodes carry the current on channels 1 to 4, one on the others.
            for (channel, electrodes) in [(0, 2.0), (7, 1.0)] {
                let measured = f64::from(reading.codes()[channel]) * step;
                let expected = 500.0 + sign * electrodes * drop;
                assert!((measured - expected).abs() < step, "{measured} {expected}");
            }
        }
    }
}

#[test]
fn pull_resistors_do_as_well() {
    let simulator = Simulator::new(Chip::new(Variant::Ads1298, Body::default()));
    let mut driver = configured(&simulator, &detecting(LeadOffMethod::PullResistors));
    simulator.with(|chip| chip.signal.negative[1] = Some(Impedance::Open));
    driver.start(ReadMode::Continuous).expect("it starts");
    let reading = next(&simulator, &mut driver).expect("a conversion");
    let expected = LeadOff {
        positive: 0,
        negative: 0b10,
    };
    assert_eq!(reading.lead_off, expected);
}

#[test]
fn alternating_current_shows_in_the_samples() {
    let method = LeadOffMethod::AlternatingCurrent(LeadOffCurrent::Nanoamperes24);
    let simulator = Simulator::new(Chip::new(Variant::Ads1298, Body::default()));
    simulator.with(|chip| {
        chip.signal.positive[0] = Some(Impedance::Ohms(100_000));
        chip.signal.positive[1] = Some(Impedance::Open);
    });
    let mut driver = configured(&simulator, &detecting(method));
    driver.start(ReadMode::Continuous).expect("it starts");
    let readings = [(); 8].map(|()| next(&simulator, &mut driver).expect("a conversion"));
    let swing = |channel: usize| {
        let codes = readings.map(|reading| reading.codes()[channel]);
        // A quarter of the rate: two instants on, the sign is turned.
        codes[2..]
            .iter()
            .zip(&codes)
            .map(|(one, other)| (one - other).abs())
            .min()
    };
    let step = microvolts_per_code(2_400_000, 6).expect("not 0");
    // 24 nA through 100 kΩ are 2.4 mV, up and down.
    let expected = (4800.0 / step) as i32;
    assert!(swing(0).expect("eight readings").abs_diff(expected) < 3);
    assert_eq!(swing(1), Some(CODE_MAX - CODE_MIN));
    assert_eq!(swing(2), Some(0));
    assert!(
        readings
            .iter()
            .all(|reading| reading.lead_off == LeadOff::NONE)
    );
}

#[test]
fn the_right_leg_is_sensed_if_asked() {
    let simulator = Simulator::new(Chip::new(Variant::Ads1298, Body::default()));
    let mut configuration = Configuration::new();
    let mut driver = configured(&simulator, &configuration);
    simulator.with(|chip| chip.signal.right_leg_off = true);
    assert_eq!(driver.is_right_leg_off(), Ok(None));
    configuration.right_leg_drive.sensed = true;
    driver.configure(&configuration).expect("it obeys");
    assert_eq!(driver.is_right_leg_off(), Ok(Some(true)));
    simulator.with(|chip| chip.signal.right_leg_off = false);
    assert_eq!(driver.is_right_leg_off(), Ok(Some(false)));
}
