//! Power-up, reset and identification.

use crate::rig::{chip, driver, driver_by_command, ledger, next, running};
use ecg2mri_shim::ads129x::registers::Register;
use ecg2mri_shim::ads129x::timing::POWER_ON_CLOCKS;
use ecg2mri_shim::ads129x::{Configuration, Error, ReadMode, Variant};

#[test]
fn each_member_of_the_family_is_known_by_its_number() {
    for variant in Variant::ALL {
        let simulator = chip(variant);
        let mut driver = driver(&simulator);
        assert_eq!(driver.power_up(variant), Ok(()));
        assert_eq!(driver.variant(), Some(variant));
        for other in Variant::ALL.into_iter().filter(|&other| other != variant) {
            let wrong = Error::Variant {
                expected: other,
                found: variant,
            };
            assert_eq!(driver.power_up(other), Err(wrong));
            assert_eq!(driver.variant(), None);
        }
        assert_eq!(driver.identify(), Ok(variant));
        assert_eq!(driver.read_register(Register::Config1), Ok(0x06));
        assert!(ledger(&simulator).is_clean());
    }
}

#[test]
fn the_power_on_time_is_waited_out() {
    let simulator = chip(Variant::Ads1298);
    let mut driver = driver(&simulator);
    driver.power_up(Variant::Ads1298).expect("the chip answers");
    let nanoseconds = u64::from(POWER_ON_CLOCKS) * 1_000_000_000 / 2_048_000;
    assert!(simulator.with(|chip| chip.now()) > nanoseconds);
    assert_eq!(ledger(&simulator).ignored_commands, 0);
}

#[test]
fn the_reset_command_serves_where_the_pin_is_not_connected() {
    let simulator = chip(Variant::Ads1298);
    let mut driver = driver_by_command(&simulator);
    assert_eq!(driver.power_up(Variant::Ads1298), Ok(()));
    // Also out of the middle of a recording.
    driver.configure(&Configuration::new()).expect("it obeys");
    driver.start(ReadMode::Continuous).expect("it starts");
    next(&simulator, &mut driver).expect("a conversion");
    assert_eq!(driver.power_up(Variant::Ads1298), Ok(()));
    assert_eq!(driver.read_register(Register::Config1), Ok(0x06));
    assert!(!simulator.advance_to_data_ready(), "still converting");
    assert!(ledger(&simulator).is_clean());
}

#[test]
fn a_reset_brings_all_registers_back() {
    let simulator = chip(Variant::Ads1298);
    let mut driver = running(&simulator, &Configuration::twelve_lead());
    driver.power_up(Variant::Ads1298).expect("the chip answers");
    for register in Register::ALL.into_iter().skip(1) {
        let expected = match register {
            // This chip reads 0 in the reserved bit.
            Register::Config2 => 0,
            _ => register.reset_value().expect("all but ID have one"),
        };
        assert_eq!(driver.read_register(register), Ok(expected), "{register:?}");
    }
}

#[test]
fn no_chip_and_a_wrong_phase_are_told_apart() {
    for (silent, found) in [(0x00, 0x00), (0xFF, 0xFF)] {
        let simulator = chip(Variant::Ads1298);
        simulator.with(|chip| chip.faults.silent = Some(silent));
        let mut driver = driver(&simulator);
        let error = driver.power_up(Variant::Ads1298);
        assert_eq!(error, Err(Error::Identity { found }));
    }
    let simulator = chip(Variant::Ads1298);
    simulator.with(|chip| chip.faults.wrong_phase = true);
    let error = driver(&simulator).power_up(Variant::Ads1298);
    // 0x92 shifted right by one bit.
    assert_eq!(error, Err(Error::Identity { found: 0x49 }));
}
