//! Two chips on one bus.

use crate::rig::{Steps, driver, steps};
use ecg2mri_shim::ads129x::registers::{Channels, Readback, Register};
use ecg2mri_shim::ads129x::{
    Configuration, ConfigurationError, DaisyChain, Error, ReadMode, Variant,
};
use ecg2mri_shim::simulator::{Chain, Chip, Impedance, Moment, Side, Signal, Simulator, code};

/// What the second body brings: other voltages, and no electrode at the positive input of channel 2.
struct Other;

impl Signal for Other {
    fn nanovolts(&mut self, channel: usize, moment: Moment) -> i64 {
        -3 * steps(channel, moment) + 77_000
    }

    fn impedance(&self, channel: usize, side: Side, _: Moment) -> Impedance {
        match (channel, side) {
            (1, Side::Positive) => Impedance::Open,
            _ => Impedance::Ohms(0),
        }
    }
}

fn chain(first: Variant, second: Variant) -> Simulator<Chain<Steps, Other>> {
    Simulator::new(Chain::new(
        Chip::new(first, steps),
        Chip::new(second, Other),
    ))
}

#[test]
fn each_pair_of_chips_gives_all_its_channels() {
    for first in Variant::ALL {
        for second in Variant::ALL {
            for mode in [ReadMode::Continuous, ReadMode::OnCommand] {
                let simulator = chain(first, second);
                let mut pair = DaisyChain::new(driver(&simulator), second);
                pair.driver().power_up(first).expect("the first answers");
                let mut configuration = Configuration::new();
                configuration.clock_output = true;
                pair.configure(&configuration).expect("both obey");
                pair.start(mode).expect("both start");
                for _ in 0..3 {
                    assert!(simulator.advance_to_data_ready());
                    let readings = pair.read().expect("two frames");
                    let moment = Moment {
                        nanoseconds: 0,
                        conversion: 0,
                    };
                    for (channel, &found) in readings[0].codes().iter().enumerate() {
                        assert_eq!(found, code(steps(channel, moment), 6, 2_400_000));
                    }
                    assert_eq!(readings[1].codes().len(), second.channel_count());
                    for (channel, &found) in readings[1].codes().iter().enumerate() {
                        // Nothing reaches the open input.
                        let nanovolts = match channel {
                            1 => 0,
                            _ => Other.nanovolts(channel, moment),
                        };
                        assert_eq!(found, code(nanovolts, 6, 2_400_000));
                    }
                }
                simulator.with(|chain| {
                    assert!(chain.first.ledger().is_clean());
                    assert_eq!(chain.second.ledger().unread, 0);
                });
            }
        }
    }
}

#[test]
fn both_chips_hold_the_same_settings_and_report_their_own_electrodes() {
    let simulator = chain(Variant::Ads1298, Variant::Ads1298);
    let mut pair = DaisyChain::new(driver(&simulator), Variant::Ads1298);
    pair.driver()
        .power_up(Variant::Ads1298)
        .expect("the first answers");
    pair.configure(&Configuration::twelve_lead())
        .expect("both obey");
    for register in Register::ALL.into_iter().skip(1) {
        let differ = [Register::LeadOffStatusP, Register::LeadOffStatusN];
        if !differ.contains(&register) {
            simulator.with(|chain| {
                let first = chain.first.register(register);
                assert_eq!(chain.second.register(register), first, "{register:?}");
            });
        }
    }
    pair.start(ReadMode::Continuous).expect("both start");
    simulator.advance_to_data_ready();
    let readings = pair.read().expect("two frames");
    assert_eq!(readings[0].lead_off.positive, 0);
    assert_eq!(readings[1].lead_off.positive, 0b10);
}

#[test]
fn settings_must_chain_and_suit_both() {
    let simulator = chain(Variant::Ads1298, Variant::Ads1294);
    let mut pair = DaisyChain::new(driver(&simulator), Variant::Ads1294);
    assert_eq!(pair.read(), Err(Error::NotPoweredUp));
    pair.driver()
        .power_up(Variant::Ads1298)
        .expect("the first answers");
    let mut configuration = Configuration::new();
    configuration.readback = Readback::Multiple;
    assert_eq!(pair.configure(&configuration), Err(Error::NotChained));
    configuration.readback = Readback::DaisyChain;
    configuration.right_leg_drive.positive = Channels(0x80);
    assert!(matches!(
        pair.configure(&configuration),
        Err(Error::Configuration(ConfigurationError::ChannelAbsent {
            variant: Variant::Ads1294,
            ..
        }))
    ));
}

#[test]
fn a_chip_alone_repeats_its_frame_only_if_told_to() {
    use embedded_hal::spi::{Operation, SpiDevice};
    for readback in [Readback::DaisyChain, Readback::Multiple] {
        let simulator = crate::rig::chip(Variant::Ads1296);
        let mut configuration = Configuration::new();
        configuration.readback = readback;
        let driver = crate::rig::running(&simulator, &configuration);
        let (mut spi, _, _) = driver.release();
        simulator.advance_to_data_ready();
        let mut bytes = [0; 42];
        spi.transaction(&mut [Operation::TransferInPlace(&mut bytes)])
            .expect("no fault");
        let (frame, rest) = bytes.split_at(21);
        match readback {
            Readback::Multiple => assert_eq!(rest, frame),
            Readback::DaisyChain => assert_eq!(rest, [0; 21]),
        }
    }
}
