//! Calls in the wrong order are refused and change nothing.

use crate::rig::{chip, configured, driver, ledger, next, running};
use ecg2mri_shim::ads129x::registers::Register;
use ecg2mri_shim::ads129x::{Configuration, Error, ReadMode, Variant};

#[test]
fn nothing_works_before_power_up() {
    let simulator = chip(Variant::Ads1298);
    let mut driver = driver(&simulator);
    let refused = Error::NotPoweredUp;
    assert_eq!(driver.configure(&Configuration::new()), Err(refused));
    assert_eq!(driver.start(ReadMode::Continuous), Err(refused));
    assert_eq!(driver.stop(), Err(refused));
    assert_eq!(driver.read(), Err(refused));
    assert_eq!(driver.stand_by(), Err(refused));
    assert_eq!(driver.wake_up(), Err(refused));
    assert_eq!(driver.read_register(Register::Id), Err(refused));
    assert_eq!(driver.write_register(Register::Wct1, 0), Err(refused));
    assert_eq!(driver.set_gpio(0), Err(refused));
    assert_eq!(driver.lead_off(), Err(refused));
    assert_eq!(driver.read_deadline(), None);
    assert_eq!(simulator.with(|chip| chip.now()), 0);
}

#[test]
fn conversions_need_a_configuration_and_reading_needs_conversions() {
    let simulator = chip(Variant::Ads1298);
    let mut driver = driver(&simulator);
    driver.power_up(Variant::Ads1298).expect("the chip answers");
    assert_eq!(driver.start(ReadMode::OnCommand), Err(Error::NotConfigured));
    assert_eq!(driver.set_gpio(0), Err(Error::NotConfigured));
    driver.configure(&Configuration::new()).expect("it obeys");
    assert_eq!(driver.read(), Err(Error::NotConverting));
    assert_eq!(driver.stop(), Ok(()));
}

#[test]
fn registers_cannot_be_reached_while_reading_continuously() {
    let simulator = chip(Variant::Ads1298);
    let mut driver = running(&simulator, &Configuration::new());
    let before = ledger(&simulator);
    let refused = Error::Converting;
    assert_eq!(driver.read_register(Register::Id), Err(refused));
    assert_eq!(driver.write_register(Register::Wct1, 0), Err(refused));
    assert_eq!(driver.configure(&Configuration::new()), Err(refused));
    assert_eq!(driver.start(ReadMode::Continuous), Err(refused));
    assert_eq!(driver.stand_by(), Err(refused));
    assert_eq!(driver.gpio(), Err(refused));
    assert_eq!(ledger(&simulator), before);
    // Conversions go on as if nothing had been asked.
    next(&simulator, &mut driver).expect("a conversion");
    assert_eq!(driver.stop(), Ok(()));
    assert_eq!(driver.read_register(Register::Id), Ok(0x92));
}

#[test]
fn reading_on_command_leaves_registers_in_reach() {
    let simulator = chip(Variant::Ads1298);
    let mut driver = configured(&simulator, &Configuration::twelve_lead());
    driver.start(ReadMode::OnCommand).expect("it starts");
    next(&simulator, &mut driver).expect("a conversion");
    assert_eq!(driver.read_register(Register::Id), Ok(0x92));
    assert_eq!(driver.set_gpio(0), Ok(()));
    next(&simulator, &mut driver).expect("another");
    // Settings do not change under way.
    let refused = driver.configure(&Configuration::new());
    assert_eq!(refused, Err(Error::Converting));
}

#[test]
fn in_standby_the_chip_understands_waking_alone() {
    let simulator = chip(Variant::Ads1298);
    let mut driver = configured(&simulator, &Configuration::twelve_lead());
    driver.stand_by().expect("it sleeps");
    let refused = Error::Asleep;
    assert_eq!(driver.read_register(Register::Id), Err(refused));
    assert_eq!(driver.start(ReadMode::Continuous), Err(refused));
    assert_eq!(driver.configure(&Configuration::new()), Err(refused));
    assert_eq!(driver.read(), Err(refused));
    assert_eq!(driver.stop(), Err(refused));
    assert_eq!(driver.stand_by(), Err(refused));
    assert_eq!(driver.wake_up(), Ok(()));
    assert_eq!(driver.wake_up(), Ok(()));
    // Settings survive.
    assert_eq!(driver.read_register(Register::Config3), Ok(0xCC));
    driver.start(ReadMode::Continuous).expect("it starts");
    next(&simulator, &mut driver).expect("a conversion");
    assert_eq!(ledger(&simulator).ignored_commands, 0);
}

#[test]
fn a_conversion_is_read_once() {
    let simulator = chip(Variant::Ads1298);
    let mut driver = running(&simulator, &Configuration::new());
    assert_eq!(driver.read(), Err(Error::NotReady));
    next(&simulator, &mut driver).expect("a conversion");
    assert_eq!(driver.is_data_ready(), Ok(false));
    assert_eq!(driver.read(), Err(Error::NotReady));
}
