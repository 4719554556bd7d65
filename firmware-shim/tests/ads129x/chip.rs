//! The simulated chip itself, spoken to byte by byte: what the datasheet says of power-up, reset,
//! registers and DRDY.

use crate::rig::{Steps, chip, ledger, steps};
use ecg2mri_shim::ads129x::registers::Register;
use ecg2mri_shim::ads129x::{MARKER, Variant};
use ecg2mri_shim::simulator::{Chip, Hardware, Simulator};
use embedded_hal::spi::{Operation, SpiDevice};

/// Sends a command and gives it its time.
fn send(simulator: &Simulator<Chip<Steps>>, bytes: &[u8]) {
    simulator.advance(2_000);
    let mut operations: Vec<Operation<'_, u8>> = Vec::new();
    for byte in bytes {
        operations.push(Operation::Write(core::slice::from_ref(byte)));
        operations.push(Operation::DelayNs(2_500));
    }
    simulator
        .spi()
        .transaction(&mut operations)
        .expect("no fault");
}

/// Reads a register by RREG.
fn read(simulator: &Simulator<Chip<Steps>>, address: u8) -> u8 {
    simulator.advance(2_000);
    let mut byte = [0];
    simulator
        .spi()
        .transaction(&mut [
            Operation::Write(&[0x20 | address]),
            Operation::DelayNs(2_500),
            Operation::Write(&[0]),
            Operation::DelayNs(2_500),
            Operation::TransferInPlace(&mut byte),
            Operation::DelayNs(2_500),
        ])
        .expect("no fault");
    byte[0]
}

/// Clocks a frame out.
fn frame(simulator: &Simulator<Chip<Steps>>) -> [u8; 27] {
    simulator.advance(2_000);
    let mut bytes = [0; 27];
    simulator
        .spi()
        .transaction(&mut [
            Operation::TransferInPlace(&mut bytes),
            Operation::DelayNs(2_500),
        ])
        .expect("no fault");
    bytes
}

/// A chip that is up and has ended its continuous reading.
fn listening() -> Simulator<Chip<Steps>> {
    let simulator = chip(Variant::Ads1298);
    simulator.advance(200_000_000);
    send(&simulator, &[0x11]);
    simulator
}

#[test]
fn nothing_is_understood_before_the_power_on_time() {
    let simulator = chip(Variant::Ads1298);
    send(&simulator, &[0x11]);
    assert_eq!(read(&simulator, 0), 0);
    assert!(ledger(&simulator).ignored_commands >= 2);
    simulator.advance(128_000_000);
    // It woke up reading continuously, in which registers are hidden.
    assert_eq!(read(&simulator, 0), 0);
    send(&simulator, &[0x11]);
    assert_eq!(read(&simulator, 0), 0x92);
}

#[test]
fn a_reset_takes_its_pulse_and_its_time() {
    let simulator = listening();
    send(&simulator, &[0x45, 0x00, 0x10]);
    assert_eq!(read(&simulator, 5), 0x10);
    // A pulse of one clock is none.
    simulator.with(|chip| {
        chip.set_reset(false);
        chip.advance(500);
        chip.set_reset(true);
    });
    assert_eq!(ledger(&simulator).short_resets, 1);
    assert_eq!(read(&simulator, 5), 0x10);
    simulator.with(|chip| {
        chip.set_reset(false);
        chip.advance(1_000);
        chip.set_reset(true);
    });
    // Too soon, and then in time.
    send(&simulator, &[0x11]);
    simulator.advance(9_000);
    assert_eq!(read(&simulator, 0), 0);
    send(&simulator, &[0x11]);
    assert_eq!((read(&simulator, 0), read(&simulator, 5)), (0x92, 0x00));
    send(&simulator, &[0x45, 0x00, 0x10]);
    send(&simulator, &[0x06]);
    simulator.advance(9_000);
    send(&simulator, &[0x11]);
    assert_eq!(read(&simulator, 5), 0x00);
}

#[test]
fn several_registers_are_written_and_read_at_once() {
    let simulator = listening();
    send(&simulator, &[0x45, 0x02, 0x10, 0x20, 0x30]);
    simulator.advance(2_000);
    let mut bytes = [0; 4];
    simulator
        .spi()
        .transaction(&mut [
            Operation::Write(&[0x25]),
            Operation::DelayNs(2_500),
            Operation::Write(&[3]),
            Operation::DelayNs(2_500),
            Operation::TransferInPlace(&mut bytes),
            Operation::DelayNs(2_500),
        ])
        .expect("no fault");
    assert_eq!(bytes, [0x10, 0x20, 0x30, 0x00]);
    // Beyond the last register there is nothing, and read-only ones stay.
    send(&simulator, &[0x59, 0x01, 0xFF, 0xFF]);
    assert_eq!((read(&simulator, 0x19), read(&simulator, 0x1A)), (0xFF, 0));
    send(&simulator, &[0x40, 0x00, 0xFF]);
    send(&simulator, &[0x52, 0x01, 0xFF, 0xFF]);
    assert_eq!(read(&simulator, 0x00), 0x92);
    assert_eq!((read(&simulator, 0x12), read(&simulator, 0x13)), (0, 0));
}

#[test]
fn members_lack_the_registers_of_channels_they_lack() {
    let simulator = chip(Variant::Ads1294);
    simulator.advance(200_000_000);
    send(&simulator, &[0x11]);
    for address in [0x0D, 0x0E, 0x0F, 0x10, 0x11] {
        send(&simulator, &[0x40 | address, 0x00, 0xFF]);
        assert_eq!(read(&simulator, address), 0x0F);
    }
    send(&simulator, &[0x48, 0x01, 0x10, 0x10]);
    assert_eq!((read(&simulator, 0x08), read(&simulator, 0x09)), (0x10, 0));
}

#[test]
fn the_line_falls_at_a_conversion_and_rises_at_the_first_clock() {
    let simulator = listening();
    let ready = || simulator.with(|chip| chip.is_data_ready());
    send(&simulator, &[0x08]);
    send(&simulator, &[0x10]);
    assert!(!ready());
    assert!(simulator.advance_to_data_ready());
    assert!(ready());
    let bytes = frame(&simulator);
    assert_eq!(bytes[0] >> 4, MARKER);
    assert_eq!(bytes, simulator.with(|chip| chip.frame().to_vec())[..]);
    assert!(!ready());
    // Not read, it stays low until shortly before the next conversion.
    assert!(simulator.advance_to_data_ready());
    let left = simulator
        .with(|chip| chip.until_data_ready())
        .expect("it converts");
    simulator.advance(left - 2_500);
    assert!(ready());
    simulator.advance(1_500);
    assert!(!ready());
    simulator.advance(1_000);
    assert!(ready());
    assert_eq!(ledger(&simulator).unread, 1);
    // A read in the moment of the update is noted.
    let hurried = ledger(&simulator).reads_at_update;
    simulator.advance_to_data_ready();
    let mut byte = [0];
    simulator
        .spi()
        .transaction(&mut [Operation::TransferInPlace(&mut byte)])
        .expect("no fault");
    assert_eq!(ledger(&simulator).reads_at_update, hurried + 1);
}

#[test]
fn the_start_pin_and_the_start_command_both_hold_conversions() {
    let simulator = listening();
    simulator.with(|chip| chip.set_start(true));
    assert!(simulator.advance_to_data_ready());
    // STOP does not end what the pin demands.
    send(&simulator, &[0x0A]);
    assert!(simulator.advance_to_data_ready());
    assert!(simulator.advance_to_data_ready());
    send(&simulator, &[0x08]);
    simulator.with(|chip| chip.set_start(false));
    assert!(simulator.advance_to_data_ready());
    assert!(simulator.advance_to_data_ready());
    send(&simulator, &[0x0A]);
    // The one in progress completes.
    assert!(simulator.advance_to_data_ready());
    assert!(!simulator.advance_to_data_ready());
    // START again begins anew, with the settling time.
    send(&simulator, &[0x08]);
    let left = || {
        simulator
            .with(|chip| chip.until_data_ready())
            .expect("it converts")
    };
    let settling = left();
    simulator.advance(1_000_000);
    send(&simulator, &[0x08]);
    // To within a clock.
    assert!(left().abs_diff(settling) < 500);
}

#[test]
fn standby_suspends_conversions() {
    let simulator = listening();
    simulator.with(|chip| chip.set_start(true));
    assert!(simulator.advance_to_data_ready());
    send(&simulator, &[0x04]);
    assert!(!simulator.advance_to_data_ready());
    send(&simulator, &[0x08]);
    send(&simulator, &[0x45, 0x00, 0x10]);
    assert_eq!(ledger(&simulator).ignored_commands, 2);
    send(&simulator, &[0x02]);
    assert_eq!(read(&simulator, 0x05), 0x00);
    assert!(simulator.advance_to_data_ready());
}

#[test]
fn unknown_commands_and_a_reserved_rate_do_nothing() {
    let simulator = listening();
    for byte in [0x01, 0x03, 0x13, 0x60, 0x80, 0xFF] {
        let before = ledger(&simulator).ignored_commands;
        send(&simulator, &[byte]);
        assert_eq!(
            ledger(&simulator).ignored_commands,
            before + 1,
            "{byte:#04x}"
        );
    }
    send(&simulator, &[0x41, 0x00, 0x87]);
    send(&simulator, &[0x08]);
    assert!(!simulator.advance_to_data_ready());
    // A reserved gain gives no codes.
    send(&simulator, &[0x41, 0x00, 0x86]);
    send(&simulator, &[0x46, 0x00, 0x70]);
    send(&simulator, &[0x08]);
    send(&simulator, &[0x10]);
    assert!(simulator.advance_to_data_ready());
    assert_eq!(frame(&simulator)[6..9], [0; 3]);
}

#[test]
fn without_a_reference_there_is_nothing_to_measure_by() {
    let simulator = Simulator::new(Chip::new(Variant::Ads1298R, steps as Steps).with_supply(3_000));
    simulator.advance(200_000_000);
    send(&simulator, &[0x11]);
    assert_eq!(read(&simulator, 0x00), 0xD2);
    send(&simulator, &[0x08]);
    send(&simulator, &[0x10]);
    simulator.advance_to_data_ready();
    assert_eq!(frame(&simulator)[3..], [0; 24]);
    // Switched on, it takes its time: at first codes are twice too large.
    send(&simulator, &[0x11]);
    send(&simulator, &[0x43, 0x00, 0xC0]);
    send(&simulator, &[0x10]);
    let second = |bytes: [u8; 27]| i32::from_be_bytes([0, bytes[6], bytes[7], bytes[8]]);
    simulator.advance_to_data_ready();
    assert_eq!(second(frame(&simulator)), 41_943);
    simulator.advance(160_000_000);
    simulator.advance_to_data_ready();
    assert_eq!(second(frame(&simulator)), 20_972);
    assert_eq!(simulator.with(|chip| chip.register(Register::Id)), 0xD2);
}
