//! Every command: that the driver sends it as the datasheet wants, and that the simulated chip
//! takes it as the datasheet says.

use crate::rig::{chip, configured, driver_by_command, ledger, next, running};
use ecg2mri_shim::ads129x::opcode::Opcode;
use ecg2mri_shim::ads129x::registers::{PowerMode, Register};
use ecg2mri_shim::ads129x::{Configuration, ReadMode, Variant};
use embedded_hal::delay::DelayNs;
use embedded_hal::spi::{Operation, SpiDevice};

#[test]
fn conversions_start_and_stop_by_pin_and_by_command() {
    for by_pin in [true, false] {
        let simulator = chip(Variant::Ads1298);
        let mut driver = if by_pin {
            crate::rig::driver(&simulator)
        } else {
            driver_by_command(&simulator)
        };
        driver.power_up(Variant::Ads1298).expect("the chip answers");
        driver.configure(&Configuration::new()).expect("it obeys");
        for _ in 0..2 {
            assert!(!simulator.advance_to_data_ready());
            driver.start(ReadMode::Continuous).expect("it starts");
            for _ in 0..3 {
                next(&simulator, &mut driver).expect("a conversion");
            }
            driver.stop().expect("it stops");
            // The conversion in progress completes; then there is silence.
            assert!(simulator.advance_to_data_ready());
            assert!(!simulator.advance_to_data_ready());
        }
        assert!(ledger(&simulator).is_clean());
        assert_eq!(ledger(&simulator).ignored_commands, 0);
    }
}

#[test]
fn both_ways_of_reading_give_the_same() {
    let readings = [ReadMode::Continuous, ReadMode::OnCommand].map(|mode| {
        let simulator = chip(Variant::Ads1298);
        let mut driver = configured(&simulator, &Configuration::new());
        driver.start(mode).expect("it starts");
        let readings = [(); 5].map(|()| next(&simulator, &mut driver).expect("a conversion"));
        assert!(ledger(&simulator).is_clean());
        readings
    });
    assert_eq!(readings[0], readings[1]);
    assert_eq!(readings[0][0].codes()[1], 20_972);
}

#[test]
fn single_shots_make_one_conversion_for_each_start() {
    let simulator = chip(Variant::Ads1298);
    let mut configuration = Configuration::new();
    configuration.single_shot = true;
    let mut driver = configured(&simulator, &configuration);
    for _ in 0..3 {
        driver.start(ReadMode::OnCommand).expect("it starts");
        next(&simulator, &mut driver).expect("a conversion");
        assert!(!simulator.advance_to_data_ready());
        driver.stop().expect("it stops");
    }
    assert_eq!(ledger(&simulator).conversions, 3);
}

#[test]
fn continuous_reading_hides_every_other_command() {
    let simulator = chip(Variant::Ads1298);
    let driver = running(&simulator, &Configuration::new());
    let (mut spi, _, mut delay) = driver.release();
    let mut send = |bytes: &[u8]| {
        delay.delay_us(2);
        let hold = Operation::DelayNs(2_500);
        spi.transaction(&mut [Operation::Write(bytes), hold])
            .expect("no fault");
    };
    let others = Opcode::ALL
        .into_iter()
        .filter(|&opcode| opcode != Opcode::StopReadingContinuously);
    for opcode in others {
        let before = ledger(&simulator).ignored_commands;
        send(&[opcode.byte()]);
        assert_eq!(ledger(&simulator).ignored_commands, before + 1);
    }
    send(&[0x41, 0x00, 0x03]);
    assert_eq!(
        simulator.with(|chip| chip.register(Register::Config1)),
        0x86
    );
    assert!(simulator.advance_to_data_ready(), "still converting");
    send(&[Opcode::StopReadingContinuously.byte()]);
    send(&[0x41, 0x00, 0x03]);
    assert_eq!(
        simulator.with(|chip| chip.register(Register::Config1)),
        0x03
    );
}

#[test]
fn a_read_without_low_input_can_end_the_recording() {
    // What a driver risks that uses a plain read of the bus, which may send anything.
    let simulator = chip(Variant::Ads1298);
    let driver = running(&simulator, &Configuration::new());
    let (mut spi, _, _) = driver.release();
    simulator.advance_to_data_ready();
    let mut frame = [0; 27];
    spi.transaction(&mut [Operation::Read(&mut frame)])
        .expect("no fault");
    simulator.with(|chip| assert_ne!(frame, chip.frame()));
}

#[test]
fn bytes_in_a_hurry_are_not_understood() {
    // At 16 MHz a byte takes half a microsecond, a quarter of what the chip needs.
    let simulator = ecg2mri_shim::simulator::Simulator::new(
        ecg2mri_shim::simulator::Chip::new(Variant::Ads1298, crate::rig::steps)
            .with_spi_clock(16_000_000),
    );
    let driver = configured(&simulator, &Configuration::new());
    let counts = ledger(&simulator);
    assert!(counts.is_clean(), "{counts:?}");
    let (mut spi, _, mut delay) = driver.release();
    let mut identity = [0];
    delay.delay_us(2);
    spi.transaction(&mut [
        Operation::Write(&[0x20, 0x00]),
        Operation::Read(&mut identity),
        Operation::DelayNs(2_500),
    ])
    .expect("no fault");
    assert_eq!(identity, [0], "as on a bench that reads ID 0");
    assert_eq!(ledger(&simulator).hurried_bytes, 1);
    spi.transaction(&mut [Operation::Write(&[0x11])])
        .expect("no fault");
    let counts = ledger(&simulator);
    assert_eq!((counts.hurried_selects, counts.hurried_deselects), (1, 1));
}

#[test]
fn a_fast_bus_reads_whole_frames_at_the_highest_rate() {
    let simulator = ecg2mri_shim::simulator::Simulator::new(
        ecg2mri_shim::simulator::Chip::new(Variant::Ads1298, crate::rig::steps)
            .with_spi_clock(16_000_000),
    );
    let configuration = crate::rig::at_rate(32_000, PowerMode::HighResolution);
    let mut driver = running(&simulator, &configuration);
    for _ in 0..100 {
        let reading = next(&simulator, &mut driver).expect("a conversion");
        // 17 bits.
        assert_eq!(reading.codes()[1], 20_972 >> 7 << 7);
    }
    let counts = ledger(&simulator);
    assert!(counts.is_clean(), "{counts:?}");
    assert_eq!((counts.unread, counts.spliced), (0, 0));
}
