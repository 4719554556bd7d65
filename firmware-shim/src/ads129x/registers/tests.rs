//! Each register: all 256 bytes, and the values the datasheet quotes.

use super::*;
use crate::ads129x::variant::Variant;

/// How many of the 256 bytes have a meaning; each of them must survive its round trip.
fn meanings<C: Contents>() -> usize {
    (0..=u8::MAX)
        .filter(|&byte| match C::decode(byte) {
            Some(contents) => {
                assert_eq!(contents.encode(), byte);
                true
            }
            None => false,
        })
        .count()
}

#[test]
fn every_byte_survives_its_round_trip_or_is_reserved() {
    assert_eq!(meanings::<Identity>(), 6);
    // Bits 4 and 3 are 0, DR 7 is reserved.
    assert_eq!(meanings::<Config1>(), 8 * 7);
    // Bits 7 and 3 are 0, TEST_FREQ 2 is not used.
    assert_eq!(meanings::<Config2>(), 16 * 3);
    // Bit 6 is 1.
    assert_eq!(meanings::<Config3>(), 128);
    // Bits 4 and 0 are 0.
    assert_eq!(meanings::<Config4>(), 64);
    // FLEAD_OFF 2 must not be used.
    assert_eq!(meanings::<LeadOffControl>(), 64 * 3);
    // Bit 3 is 0, gain 7 is reserved.
    assert_eq!(meanings::<ChannelSet>(), 2 * 7 * 8);
    assert_eq!(meanings::<Channels>(), 256);
    assert_eq!(meanings::<Gpio>(), 256);
    // Bits 7 to 5 are 0.
    assert_eq!(meanings::<Pace>(), 32);
    // Bit 5 is 1, RESP_PH 7 is not used.
    assert_eq!(meanings::<RespirationControl>(), 4 * 7 * 4);
    assert_eq!(meanings::<Wct1>(), 256);
    assert_eq!(meanings::<Wct2>(), 256);
}

#[test]
fn addresses_follow_one_another() {
    for (address, register) in (0..).zip(Register::ALL) {
        assert_eq!(register.address(), address);
        assert_eq!(Register::at(address), Some(register));
    }
    assert_eq!(Register::at(0x1A), None);
    assert_eq!(Register::Wct2.address(), 0x19);
    for (index, register) in (0..).zip(Register::CHANNELS) {
        assert_eq!(register.address(), 0x05 + index);
    }
}

#[test]
fn reset_values_are_those_of_the_register_map() {
    let expected = [
        0x06, 0x40, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0F, 0, 0, 0, 0, 0,
    ];
    for (register, value) in Register::ALL.into_iter().skip(1).zip(expected) {
        assert_eq!(register.reset_value(), Some(value), "{register:?}");
    }
    assert_eq!(Register::Id.reset_value(), None);
    for register in Register::ALL {
        let read_only = register.is_read_only();
        assert_eq!(register.verifiable_bits() == 0, read_only, "{register:?}");
    }
}

#[test]
fn identities_are_those_of_the_datasheet() {
    let bytes = [0x90, 0x91, 0x92, 0xD0, 0xD1, 0xD2];
    for (variant, byte) in Variant::ALL.into_iter().zip(bytes) {
        assert_eq!(Identity(variant).encode(), byte);
    }
}

#[test]
fn known_settings_have_their_known_bytes() {
    let config1 = Config1 {
        data_rate: DataRate::DEFAULT,
        readback: Readback::DaisyChain,
        clock_output: false,
    };
    assert_eq!(config1.encode(), 0x86);
    let config2 = Config2 {
        reserved: false,
        constant_chopping: false,
        test_source: TestSource::Internal,
        test_amplitude: TestAmplitude::Single,
        test_frequency: TestFrequency::Slow,
    };
    assert_eq!(config2.encode(), 0x10);
    let test_signal = ChannelSet {
        powered_down: false,
        gain: Gain::X1,
        input: Input::TestSignal,
    };
    assert_eq!(test_signal.encode(), 0x15);
    // Direct current of 6 nA, thresholds of 95 %.
    let lead_off = LeadOffControl {
        threshold: LeadOffThreshold::Percent95,
        pull_resistors: false,
        current: LeadOffCurrent::Nanoamperes6,
        excitation: LeadOffExcitation::Direct,
    };
    assert_eq!(lead_off.encode(), 0x03);
    assert_eq!(TestAmplitude::Single.microvolts(2_400_000), 1000.0);
    assert_eq!(TestAmplitude::Double.microvolts(2_400_000), 2000.0);
    for (current, nanoamperes) in LeadOffCurrent::ALL.iter().zip([6, 12, 18, 24]) {
        assert_eq!(current.nanoamperes(), nanoamperes);
    }
    for factor in 0..=u8::MAX {
        let gain = Gain::from_factor(factor);
        assert_eq!(gain.is_some(), [1, 2, 3, 4, 6, 8, 12].contains(&factor));
        assert!(gain.is_none_or(|gain| gain.factor() == factor));
    }
}
