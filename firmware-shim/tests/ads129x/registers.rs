//! Every register through the bus.

use crate::rig::{chip, configured, ledger};
use ecg2mri_shim::ads129x::registers::{REGISTER_COUNT, Register};
use ecg2mri_shim::ads129x::{Configuration, Error, Variant};

#[test]
fn a_configuration_is_held_and_verified_by_every_member() {
    for variant in Variant::ALL {
        let simulator = chip(variant);
        let mut configuration = Configuration::new();
        configuration.channels[1] = None;
        let mut driver = configured(&simulator, &configuration);
        assert_eq!(driver.configuration(), Some(&configuration));
        let image = configuration.image(variant).expect("they agree");
        let mut bytes = [0; REGISTER_COUNT];
        assert_eq!(driver.read_registers(Register::Id, &mut bytes), Ok(26));
        for (register, expected) in image.writes() {
            let mask = register.verifiable_bits();
            let found = bytes[usize::from(register.address())];
            assert_eq!(found & mask, expected & mask, "{register:?}");
        }
        let counts = ledger(&simulator);
        assert!(counts.is_clean(), "{counts:?}");
        assert_eq!(counts.ignored_commands, 0);
    }
}

#[test]
fn every_register_is_written_and_read_alone() {
    let simulator = chip(Variant::Ads1298);
    let mut driver = configured(&simulator, &Configuration::new());
    for register in Register::ALL {
        if register.is_read_only() {
            let refusal = Err(Error::ReadOnly { register });
            assert_eq!(driver.write_register(register, 0xFF), refusal);
            continue;
        }
        // A pattern without the bits that cannot be 1.
        let byte = match register {
            Register::Config1 => 0xA5,
            Register::Config2 => 0x25,
            Register::Config3 => 0xDC,
            Register::Pace => 0x0B,
            Register::Config4 => 0xA6,
            Register::Gpio => 0x50,
            register if Register::CHANNELS.contains(&register) => 0x55,
            _ => 0xB5,
        };
        assert_eq!(
            driver.write_register(register, byte),
            Ok(()),
            "{register:?}"
        );
        assert_eq!(driver.read_register(register), Ok(byte), "{register:?}");
    }
    assert!(ledger(&simulator).is_clean());
}

#[test]
fn reserved_bits_do_not_read_back() {
    let simulator = chip(Variant::Ads1298);
    let mut driver = configured(&simulator, &Configuration::new());
    for (register, reserved) in [
        (Register::Config1, 0x18),
        (Register::Channel1, 0x08),
        (Register::Pace, 0xE0),
        (Register::Config4, 0x11),
    ] {
        let error = driver.write_register(register, 0xFF);
        let read = !reserved;
        assert_eq!(
            error,
            Err(Error::ReadBack {
                register,
                written: 0xFF,
                read
            })
        );
    }
}

#[test]
fn the_bit_that_sources_disagree_on_is_not_held_against_a_chip() {
    for bit in [false, true] {
        let simulator = chip(Variant::Ads1298);
        simulator.with(|chip| chip.faults.config2_reserved_bit = bit);
        let mut driver = configured(&simulator, &Configuration::twelve_lead());
        let byte = driver.read_register(Register::Config2);
        assert_eq!(byte, Ok((u8::from(bit) << 6) | 0x10));
    }
}

#[test]
fn a_write_that_is_lost_is_noticed() {
    let simulator = chip(Variant::Ads1298);
    let mut driver = configured(&simulator, &Configuration::new());
    simulator.with(|chip| chip.faults.writes_lost = true);
    let error = driver.configure(&Configuration::twelve_lead());
    assert_eq!(
        error,
        Err(Error::ReadBack {
            register: Register::Config3,
            written: 0xCC,
            read: 0xC0
        })
    );
    // What the chip holds is unknown, so it cannot be started.
    assert_eq!(driver.configuration(), None);
    assert_eq!(
        driver.start(ecg2mri_shim::ads129x::ReadMode::Continuous),
        Err(Error::NotConfigured)
    );
}

#[test]
fn reads_end_with_the_last_register() {
    let simulator = chip(Variant::Ads1298R);
    let mut driver = configured(&simulator, &Configuration::new());
    let mut bytes = [0xEE; 4];
    assert_eq!(driver.read_registers(Register::Wct1, &mut bytes), Ok(2));
    assert_eq!(bytes, [0, 0, 0xEE, 0xEE]);
    assert_eq!(driver.read_registers(Register::Id, &mut []), Ok(0));
    assert_eq!(driver.read_register(Register::Respiration), Ok(0x20));
}

#[test]
fn pins_are_set_and_read() {
    let simulator = chip(Variant::Ads1298);
    let mut configuration = Configuration::new();
    configuration.gpio.outputs = 0b0011;
    configuration.gpio.levels = 0b0001;
    let mut driver = configured(&simulator, &configuration);
    simulator.with(|chip| chip.set_gpio_outside(0b1010));
    // GPIO1 and GPIO2 are outputs, GPIO3 and GPIO4 are what the outside says.
    assert_eq!(driver.gpio(), Ok(0b1001));
    assert_eq!(driver.set_gpio(0b0010), Ok(()));
    assert_eq!(driver.gpio(), Ok(0b1010));
    assert!(driver.set_gpio(0b1_0000).is_err());
    assert_eq!(driver.gpio(), Ok(0b1010));
}
