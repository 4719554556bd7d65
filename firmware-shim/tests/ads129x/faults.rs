//! Buses that fail, lines that stick, bits that turn over and hosts that are slow.

use crate::rig::{at_rate, chip, configured, driver, ledger, next, running};
use ecg2mri_shim::ads129x::registers::{PowerMode, Readback};
use ecg2mri_shim::ads129x::{
    Ads129x, Clock, Configuration, Error, NoPin, Pins, ReadMode, ReadingError, Variant,
};
use ecg2mri_shim::simulator::{BitFlip, Chip, Moment, Simulator};
use embedded_hal::spi::ErrorKind;

#[test]
fn each_transaction_of_a_configuration_may_fail() {
    let transactions = {
        let simulator = chip(Variant::Ads1298);
        let mut spared = 1_000;
        simulator.with(|chip| chip.faults.spi_error_after = Some(spared));
        configured(&simulator, &Configuration::twelve_lead());
        spared -= simulator
            .with(|chip| chip.faults.spi_error_after)
            .expect("not used up");
        spared
    };
    // Two to identify the chip, and a write and a read for each of 23 registers.
    assert_eq!(transactions, 48);
    for survivors in 0..transactions {
        let simulator = chip(Variant::Ads1298);
        simulator.with(|chip| chip.faults.spi_error_after = Some(survivors));
        let mut driver = driver(&simulator);
        let result = driver
            .power_up(Variant::Ads1298)
            .and_then(|()| driver.configure(&Configuration::twelve_lead()));
        assert_eq!(result, Err(Error::Spi(ErrorKind::Other)));
        assert_eq!(driver.configuration(), None);
        assert!(driver.start(ReadMode::Continuous).is_err());
        // Powering up anew mends it.
        driver.power_up(Variant::Ads1298).expect("the chip answers");
        driver
            .configure(&Configuration::twelve_lead())
            .expect("it obeys");
        driver.start(ReadMode::Continuous).expect("it starts");
        next(&simulator, &mut driver).expect("a conversion");
    }
}

#[test]
fn a_read_that_fails_costs_one_conversion() {
    let simulator = chip(Variant::Ads1298);
    let mut driver = running(&simulator, &Configuration::new());
    next(&simulator, &mut driver).expect("a conversion");
    simulator.with(|chip| chip.faults.spi_error_after = Some(0));
    let error = next(&simulator, &mut driver);
    assert_eq!(error, Err(Error::Spi(ErrorKind::Other)));
    next(&simulator, &mut driver).expect("the next conversion");
    assert_eq!(ledger(&simulator).unread, 1);
}

#[test]
fn a_marker_that_is_hit_is_refused_and_the_rest_goes_on() {
    let simulator = chip(Variant::Ads1298);
    let mut driver = running(&simulator, &Configuration::new());
    for mask in [0x10, 0x20, 0x40, 0x80] {
        simulator.with(|chip| {
            chip.faults.bit_flip = Some(BitFlip {
                byte: 0,
                mask,
                transfers: 1,
            });
        });
        let first = 0xC0 ^ mask;
        let error = next(&simulator, &mut driver);
        assert_eq!(error, Err(Error::Reading(ReadingError::Marker { first })));
        next(&simulator, &mut driver).expect("the next conversion");
    }
}

#[test]
fn a_wrong_phase_never_passes_for_data() {
    let simulator = chip(Variant::Ads1298);
    let mut driver = running(&simulator, &Configuration::new());
    simulator.with(|chip| chip.faults.wrong_phase = true);
    let error = next(&simulator, &mut driver);
    let shifted = ReadingError::Marker { first: 0x60 };
    assert_eq!(error, Err(Error::Reading(shifted)));
}

#[test]
fn a_verification_that_is_hit_names_its_register() {
    let simulator = chip(Variant::Ads1298);
    let mut driver = configured(&simulator, &Configuration::new());
    simulator.with(|chip| {
        // Registers come in the third byte of their transactions.
        chip.faults.bit_flip = Some(BitFlip {
            byte: 2,
            mask: 0x01,
            transfers: 24,
        });
    });
    let error = driver.configure(&Configuration::new());
    assert!(matches!(error, Err(Error::ReadBack { .. })), "{error:?}");
}

#[test]
fn a_line_that_sticks_high_never_gives_data() {
    let simulator = chip(Variant::Ads1298);
    let mut driver = running(&simulator, &Configuration::new());
    simulator.with(|chip| chip.faults.stuck_data_ready = Some(true));
    assert_eq!(next(&simulator, &mut driver), Err(Error::NotReady));
    simulator.with(|chip| chip.faults.stuck_data_ready = None);
    next(&simulator, &mut driver).expect("a conversion");
}

#[test]
fn without_the_line_the_caller_decides_when_to_read() {
    let simulator = chip(Variant::Ads1298);
    let pins: Pins<NoPin, NoPin, NoPin> = Pins {
        data_ready: NoPin,
        reset: None,
        start: None,
    };
    let mut driver = Ads129x::new(simulator.spi(), pins, simulator.delay(), Clock::NOMINAL);
    driver.power_up(Variant::Ads1298).expect("the chip answers");
    driver.configure(&Configuration::new()).expect("it obeys");
    driver.start(ReadMode::Continuous).expect("it starts");
    simulator.advance_to_data_ready();
    let first = driver.read().expect("a conversion");
    assert_eq!(driver.read(), Ok(first));
}

/// Twice the number of the conversion, in codes, on every channel.
fn counter(_: usize, moment: Moment) -> i64 {
    // A code is 47.68 nV.
    moment.conversion as i64 * 95_367 / 1000
}

#[test]
fn a_slow_host_mixes_two_conversions_when_reading_continuously() {
    let simulator = Simulator::new(Chip::new(Variant::Ads1298, counter));
    let mut driver = running(&simulator, &at_rate(8_000, PowerMode::HighResolution));
    // A frame takes 54 µs on the bus, a period 125 µs.
    let whole = next(&simulator, &mut driver).expect("a conversion");
    assert!(whole.codes().iter().all(|code| code == &whole.codes()[0]));
    simulator.with(|chip| chip.faults.slow_host = 90_000);
    let before = simulator.with(|chip| chip.now());
    let mixed = next(&simulator, &mut driver).expect("its marker is intact");
    let took = simulator.with(|chip| chip.now()) - before;
    assert!(mixed.codes()[0] < mixed.codes()[7], "{:?}", mixed.codes());
    assert_eq!(ledger(&simulator).spliced, 1);
    // The time is what gives it away.
    let deadline = driver.read_deadline().expect("it is configured");
    assert!(took > u64::from(deadline));
}

#[test]
fn a_slow_host_never_mixes_conversions_when_reading_on_command() {
    let simulator = Simulator::new(Chip::new(Variant::Ads1298, counter));
    let mut driver = configured(&simulator, &at_rate(8_000, PowerMode::HighResolution));
    driver.start(ReadMode::OnCommand).expect("it starts");
    for slow_host in (0..125_000).step_by(5_000) {
        simulator.with(|chip| chip.faults.slow_host = slow_host);
        let reading = next(&simulator, &mut driver).expect("a conversion");
        assert!(
            reading
                .codes()
                .iter()
                .all(|code| code == &reading.codes()[0])
        );
    }
}

#[test]
fn frames_that_are_repeated_betray_every_bit_that_is_hit() {
    let simulator = chip(Variant::Ads1298);
    let mut configuration = Configuration::new();
    configuration.readback = Readback::Multiple;
    let mut driver = running(&simulator, &configuration);
    let whole = next(&simulator, &mut driver).expect("a conversion");
    for byte in 0..54 {
        for bit in 0..8 {
            simulator.with(|chip| {
                chip.faults.bit_flip = Some(BitFlip {
                    byte,
                    mask: 1 << bit,
                    transfers: 1,
                });
            });
            let error = next(&simulator, &mut driver);
            assert!(matches!(error, Err(Error::Reading(_))), "{byte} {bit}");
            assert_eq!(next(&simulator, &mut driver), Ok(whole));
        }
    }
}

#[test]
fn frames_that_are_repeated_betray_a_conversion_amid_the_read() {
    // Two frames take 108 µs on the bus, a period 250 µs.
    let simulator = Simulator::new(Chip::new(Variant::Ads1298, counter));
    let mut configuration = at_rate(4_000, PowerMode::HighResolution);
    configuration.readback = Readback::Multiple;
    let mut driver = running(&simulator, &configuration);
    let (mut read, mut refused) = (0, 0);
    for slow_host in (0..240_000).step_by(2_000) {
        simulator.with(|chip| chip.faults.slow_host = slow_host);
        match next(&simulator, &mut driver) {
            Ok(reading) => {
                let codes = reading.codes();
                assert!(codes.iter().all(|code| code == &codes[0]), "{codes:?}");
                read += 1;
            }
            Err(Error::Reading(ReadingError::Unequal { .. })) => refused += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(read > 60 && refused > 30, "{read} {refused}");
}
