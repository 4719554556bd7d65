//! Fields whose values have codes.

/// Declares a field: an enumeration whose variants have the codes the register holds, with
/// conversions both ways that cannot disagree.
macro_rules! coded_field {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$variant_meta:meta])* $variant:ident = $code:literal, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        pub enum $name {
            $( $(#[$variant_meta])* $variant, )*
        }

        impl $name {
            /// All values, in the order of their codes.
            pub const ALL: &'static [Self] = &[$( Self::$variant, )*];

            /// The code in the register, in its lowest bits.
            pub const fn code(self) -> u8 {
                match self {
                    $( Self::$variant => $code, )*
                }
            }

            /// The value with that code; `None` for codes that the datasheet reserves.
            pub const fn from_code(code: u8) -> Option<Self> {
                match code {
                    $( $code => Some(Self::$variant), )*
                    _ => None,
                }
            }
        }
    };
}

pub(super) use coded_field;
