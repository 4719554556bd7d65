//! Gains, references and what channels can measure.

use crate::rig::{all_channels, chip, configured, next, running};
use ecg2mri_shim::ads129x::registers::{Gain, Input, TestAmplitude, TestFrequency, TestSource};
use ecg2mri_shim::ads129x::{
    ChannelSettings, Configuration, ReadMode, Reference, Variant, celsius,
};
use ecg2mri_shim::simulator::{Chip, Moment, Simulator};
use ecg2mri_shim::wire::{CODE_MAX, CODE_MIN, microvolts_per_code};

fn channel(gain: Gain, input: Input) -> ChannelSettings {
    ChannelSettings { gain, input }
}

#[test]
fn every_gain_and_reference_gives_the_datasheet_step() {
    for &gain in Gain::ALL {
        for reference in [
            Reference::Internal2V4,
            Reference::Internal4V,
            Reference::External {
                microvolts: 2_500_000,
            },
        ] {
            let mut configuration = all_channels(channel(gain, Input::Electrodes));
            configuration.reference = reference;
            // 50 mV is within the range of the largest gain.
            let chip = Chip::new(Variant::Ads1298, |_: usize, _: Moment| 50_000_000);
            let simulator = Simulator::new(chip.with_external_reference(2_500_000));
            let mut driver = running(&simulator, &configuration);
            let reading = next(&simulator, &mut driver).expect("a conversion");
            let microvolts = configuration.reference_microvolts();
            let step = microvolts_per_code(microvolts, gain.factor()).expect("not 0");
            for &code in reading.codes() {
                let measured = f64::from(code) * step;
                assert!((measured - 50_000.0).abs() <= step / 2.0, "{gain:?}");
            }
        }
    }
}

#[test]
fn what_is_too_large_is_clipped() {
    let signal = |channel: usize, _: Moment| if channel == 0 { 1 } else { -1 } * 5_000_000_000;
    let simulator = Simulator::new(Chip::new(Variant::Ads1298, signal));
    let mut driver = running(&simulator, &Configuration::new());
    let reading = next(&simulator, &mut driver).expect("a conversion");
    assert_eq!(reading.codes()[..2], [CODE_MAX, CODE_MIN]);
}

#[test]
fn the_reference_is_waited_for() {
    // Until it has started up, codes are twice too large.
    let simulator = chip(Variant::Ads1298);
    let mut driver = running(&simulator, &Configuration::new());
    let reading = next(&simulator, &mut driver).expect("a conversion");
    assert_eq!(reading.codes()[1], 20_972);
    // It stays on: a second configuration does not wait again.
    driver.stop().expect("it stops");
    let before = simulator.with(|chip| chip.now());
    driver.configure(&Configuration::new()).expect("it obeys");
    let elapsed = simulator.with(|chip| chip.now()) - before;
    assert!(elapsed < 5_000_000, "{elapsed}");
}

#[test]
fn the_test_signal_is_a_square_wave_of_a_millivolt() {
    for (amplitude, microvolts) in [(TestAmplitude::Single, 1000), (TestAmplitude::Double, 2000)] {
        for (frequency, samples) in [(TestFrequency::Slow, 256), (TestFrequency::Fast, 128)] {
            let mut configuration = all_channels(channel(Gain::X6, Input::TestSignal));
            configuration.test_signal.amplitude = amplitude;
            configuration.test_signal.frequency = frequency;
            let simulator = chip(Variant::Ads1298);
            let mut driver = running(&simulator, &configuration);
            let codes: Vec<i32> = (0..1500)
                .map(|_| next(&simulator, &mut driver).expect("a conversion").codes()[4])
                .collect();
            let step = microvolts_per_code(2_400_000, 6).expect("not 0");
            let high = (f64::from(microvolts) / step).round() as i32;
            assert!(codes.iter().all(|&code| code.abs() == high), "{high}");
            let changes: Vec<usize> = (1..codes.len())
                .filter(|&index| codes[index] != codes[index - 1])
                .collect();
            // Half a period between two changes.
            assert!(changes.len() >= 4);
            assert!(changes.windows(2).all(|pair| pair[1] - pair[0] == samples));
        }
    }
}

#[test]
fn the_other_inputs_measure_what_they_say() {
    let measure = |input: Input, change: fn(&mut Configuration)| {
        let mut configuration = all_channels(channel(Gain::X1, input));
        change(&mut configuration);
        let simulator = chip(Variant::Ads1298);
        let mut driver = running(&simulator, &configuration);
        let reading = next(&simulator, &mut driver).expect("a conversion");
        let step = microvolts_per_code(2_400_000, 1).expect("not 0");
        let codes: [i32; 8] = reading.codes().try_into().expect("eight");
        codes.map(|code| f64::from(code) * step)
    };
    assert_eq!(measure(Input::Shorted, |_| ()), [0.0; 8]);
    assert_eq!(
        measure(Input::RightLeg, |c| c.right_leg_drive.measured = true),
        [0.0; 8]
    );
    let direct = measure(Input::TestSignal, |c| {
        c.test_signal.frequency = TestFrequency::Direct
    });
    assert!(direct.iter().all(|value| (value + 1000.0).abs() < 0.3));
    let outside = measure(Input::TestSignal, |c| {
        c.test_signal.source = TestSource::External
    });
    assert_eq!(outside, [0.0; 8]);
    let temperature = measure(Input::Temperature, |_| ());
    assert!(
        temperature
            .iter()
            .all(|&value| (celsius(value) - 25.0).abs() < 0.01)
    );
    let driven = measure(Input::RightLegDrivesNegative, |_| ());
    assert!((driven[1] - 1000.0).abs() < 0.3);
    // Half of 5 V is beyond the reference of 2.4 V; a quarter of 3.3 V is not.
    let supply = measure(Input::Supply, |_| ());
    assert!((supply[0] - 2_400_000.0).abs() < 1.0);
    assert!((supply[2] - 825_000.0).abs() < 1.0);
}

#[test]
fn a_channel_that_is_off_reads_zero() {
    let mut configuration = Configuration::new();
    configuration.channels[5] = None;
    let simulator = chip(Variant::Ads1298);
    let mut driver = configured(&simulator, &configuration);
    driver.start(ReadMode::OnCommand).expect("it starts");
    let reading = next(&simulator, &mut driver).expect("a conversion");
    assert_eq!(reading.codes()[5], 0);
    assert_ne!(reading.codes()[6], 0);
}

#[test]
fn every_member_sends_as_many_codes_as_it_has_channels() {
    for variant in Variant::ALL {
        let simulator = chip(variant);
        let mut driver = running(&simulator, &Configuration::new());
        let reading = next(&simulator, &mut driver).expect("a conversion");
        assert_eq!(reading.codes().len(), variant.channel_count());
        let expected = [0, 20_972, -20_972, 5_243];
        assert_eq!(reading.codes()[..4], expected);
    }
}

#[test]
fn pins_show_in_every_reading() {
    let simulator = chip(Variant::Ads1298);
    let mut driver = running(&simulator, &Configuration::new());
    for levels in 0..16 {
        simulator.with(|chip| chip.set_gpio_outside(levels));
        let reading = next(&simulator, &mut driver).expect("a conversion");
        assert_eq!(reading.gpio, levels);
    }
}
