//! Data rates: when conversions come, and that they settle.

use crate::rig::{all_channels, at_rate, chip, configured, ledger, next, running};
use ecg2mri_shim::ads129x::registers::{DataRate, Gain, Input, PowerMode, Register};
use ecg2mri_shim::ads129x::{ChannelSettings, Configuration, ReadMode, Variant};
use ecg2mri_shim::simulator::{Chip, Moment, Simulator, code};

#[test]
fn conversions_come_at_the_rate_after_the_settling_time() {
    for rate in DataRate::all() {
        let simulator = chip(Variant::Ads1298);
        let nominal = rate.millihertz(2_048_000) / 1000;
        let mut driver = configured(&simulator, &at_rate(nominal, rate.mode()));
        let started = simulator.with(|chip| chip.now());
        driver.start(ReadMode::Continuous).expect("it starts");
        assert!(simulator.advance_to_data_ready());
        let first = simulator.with(|chip| chip.now());
        let settling = f64::from(rate.settling_clocks()) / 2.048e6 * 1e9;
        let waited = (first - started) as f64;
        assert!((waited - settling).abs() < 1000.0, "{nominal} {waited}");
        for _ in 0..10 {
            assert!(simulator.advance_to_data_ready());
        }
        let elapsed = simulator.with(|chip| chip.now()) - first;
        let exact = 10 * u64::from(rate.period_clocks()) * 1_000_000_000 / 2_048_000;
        assert!(elapsed.abs_diff(exact) <= 1, "{nominal} {elapsed} {exact}");
    }
}

#[test]
fn a_clock_that_is_off_shifts_the_rate_and_nothing_else() {
    // One percent slow, as internal oscillators are.
    let slow = Chip::new(Variant::Ads1298, crate::rig::steps).with_clock(2_027_520);
    let simulator = Simulator::new(slow);
    let mut driver = running(&simulator, &Configuration::twelve_lead());
    next(&simulator, &mut driver).expect("a conversion");
    let first = simulator.with(|chip| chip.now());
    for _ in 0..500 {
        next(&simulator, &mut driver).expect("a conversion");
    }
    let seconds = (simulator.with(|chip| chip.now()) - first) as f64 / 1e9;
    assert!((500.0 / seconds - 495.0).abs() < 0.1, "{seconds}");
    assert!(ledger(&simulator).is_clean());
}

#[test]
fn the_first_reading_after_a_start_has_settled() {
    let simulator = chip(Variant::Ads1298);
    let mut driver = configured(&simulator, &Configuration::new());
    for gain in [Gain::X1, Gain::X12] {
        let settings = ChannelSettings {
            gain,
            input: Input::Electrodes,
        };
        driver.configure(&all_channels(settings)).expect("it obeys");
        driver.start(ReadMode::Continuous).expect("it starts");
        let reading = next(&simulator, &mut driver).expect("a conversion");
        let expected = code(1_000_000, gain.factor(), 2_400_000);
        assert_eq!(reading.codes()[1], expected);
        driver.stop().expect("it stops");
    }
}

#[test]
fn a_step_of_gain_under_way_takes_three_readings() {
    let simulator = chip(Variant::Ads1298);
    let mut driver = configured(&simulator, &Configuration::new());
    driver.start(ReadMode::OnCommand).expect("it starts");
    let before = next(&simulator, &mut driver).expect("a conversion");
    let byte = 0x10;
    assert_eq!(driver.write_register(Register::Channel2, byte), Ok(()));
    let codes = [(); 5].map(|()| {
        let reading = next(&simulator, &mut driver).expect("a conversion");
        // The other channels do not notice.
        assert_eq!(reading.codes()[2..], before.codes()[2..]);
        reading.codes()[1]
    });
    let settled = code(1_000_000, 1, 2_400_000);
    assert!(codes[..3].iter().all(|&code| code != settled), "{codes:?}");
    assert!(codes.is_sorted_by(|one, other| one >= other), "{codes:?}");
    assert_eq!(codes[3..], [settled; 2]);
}

#[test]
fn a_new_rate_under_way_begins_anew() {
    let simulator = chip(Variant::Ads1298);
    let mut driver = configured(&simulator, &Configuration::new());
    driver.start(ReadMode::OnCommand).expect("it starts");
    next(&simulator, &mut driver).expect("a conversion");
    // 2,000 samples per second: settled after 2.25 ms.
    assert_eq!(driver.write_register(Register::Config1, 0x84), Ok(()));
    let written = simulator.with(|chip| chip.now());
    simulator.advance_to_data_ready();
    let waited = simulator.with(|chip| chip.now()) - written;
    assert!((2_200_000..2_254_000).contains(&waited), "{waited}");
}

#[test]
fn reduced_resolution_leaves_the_lowest_bits_empty() {
    for (rate, bits) in [(32_000, 17), (16_000, 19), (8_000, 24)] {
        let signal = |_: usize, _: Moment| 999_999;
        let simulator =
            Simulator::new(Chip::new(Variant::Ads1298, signal).with_spi_clock(16_000_000));
        let mut driver = running(&simulator, &at_rate(rate, PowerMode::HighResolution));
        let reading = next(&simulator, &mut driver).expect("a conversion");
        let full = code(999_999, 6, 2_400_000);
        let kept = full >> (24 - bits) << (24 - bits);
        assert_eq!(reading.codes(), [kept; 8]);
    }
}
