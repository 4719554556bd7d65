//! The parts of Arm's MPS2 board with image AN386 that the firmware uses (Arm application note AN386, "Memory map";
//! Cortex-M System Design Kit technical reference manual, "APB UART" and "APB timer").
//!
//! All `unsafe` of the image is here.

use core::cell::RefCell;
use core::ptr::{with_exposed_provenance, with_exposed_provenance_mut};
use core::sync::atomic::{AtomicBool, Ordering};
use critical_section::Mutex;
use heapless::Deque;

/// Frequency of the processor, of SysTick and of the timer, in hertz.
pub const CLOCK: u32 = 25_000_000;

/// A 32-bit register, by its address.
#[derive(Clone, Copy)]
struct Register(usize);

impl Register {
    fn read(self) -> u32 {
        // SAFETY: only the constants below are ever made, all of them addresses of registers of this board, aligned
        // and readable as 32-bit words whatever else goes on.
        unsafe { with_exposed_provenance::<u32>(self.0).read_volatile() }
    }

    fn write(self, value: u32) {
        // SAFETY: as in `read`; and these registers move bytes over the link and count time, so that no value of
        // theirs touches memory.
        unsafe { with_exposed_provenance_mut::<u32>(self.0).write_volatile(value) }
    }
}

const TIMER0: usize = 0x4000_0000;
const TIMER_CONTROL: Register = Register(TIMER0);
const TIMER_VALUE: Register = Register(TIMER0 + 0x04);
const TIMER_RELOAD: Register = Register(TIMER0 + 0x08);
const TIMER_ENABLE: u32 = 1;

const UART0: usize = 0x4000_4000;
const UART_DATA: Register = Register(UART0);
const UART_STATE: Register = Register(UART0 + 0x04);
const UART_CONTROL: Register = Register(UART0 + 0x08);
const UART_INTERRUPT: Register = Register(UART0 + 0x0c);
const UART_DIVIDER: Register = Register(UART0 + 0x10);
const TRANSMITTER_FULL: u32 = 1;
const RECEIVER_FULL: u32 = 1 << 1;
const TRANSMITTER_ENABLE: u32 = 1;
const RECEIVER_ENABLE: u32 = 1 << 1;
const RECEIVER_INTERRUPT_ENABLE: u32 = 1 << 3;
const RECEIVER_INTERRUPT: u32 = 1 << 1;

/// Position of the receiver's interrupt among the board's.
const UART0_RECEIVER: u16 = 0;

/// What the host sent and the main loop has not taken.
static RECEIVED: Mutex<RefCell<Deque<u8, 256>>> = Mutex::new(RefCell::new(Deque::new()));

/// Whether an interrupt has called for the main loop since it last slept.
static CALLED: AtomicBool = AtomicBool::new(false);

/// The interrupts of the board, after the processor's own.
#[unsafe(link_section = ".vector_table.interrupts")]
// SAFETY: the name is cortex-m-rt's for this table, and no other crate of the image defines it.
#[unsafe(no_mangle)]
static __INTERRUPTS: [extern "C" fn(); 1] = [byte_received];

struct Interrupt(u16);

// SAFETY: made only of `UART0_RECEIVER`, which is below the number of interrupts and stays the same.
unsafe impl cortex_m::interrupt::InterruptNumber for Interrupt {
    fn number(self) -> u16 {
        self.0
    }
}

impl Clone for Interrupt {
    fn clone(&self) -> Self {
        *self
    }
}

impl Copy for Interrupt {}

/// Starts the timer, and the UART at a number of bits per second.
pub fn start(bits_per_second: u32) {
    TIMER_RELOAD.write(u32::MAX);
    TIMER_VALUE.write(u32::MAX);
    TIMER_CONTROL.write(TIMER_ENABLE);

    UART_DIVIDER.write(CLOCK / bits_per_second);
    UART_CONTROL.write(TRANSMITTER_ENABLE | RECEIVER_ENABLE | RECEIVER_INTERRUPT_ENABLE);
    // SAFETY: called before any critical section is entered that an interrupt could break into.
    unsafe { cortex_m::peripheral::NVIC::unmask(Interrupt(UART0_RECEIVER)) };
}

/// Ticks of `CLOCK` since the start, wrapping after three minutes.
pub fn ticks() -> u32 {
    // It counts down.
    !TIMER_VALUE.read()
}

/// Gives the UART a byte; `false` if it takes none now.
pub fn send(byte: u8) -> bool {
    let ready = UART_STATE.read() & TRANSMITTER_FULL == 0;
    if ready {
        UART_DATA.write(byte.into());
    }
    ready
}

/// The oldest byte from the host that was not taken yet.
pub fn receive() -> Option<u8> {
    critical_section::with(|section| RECEIVED.borrow_ref_mut(section).pop_front())
}

/// Sleeps until an interrupt has called for the main loop, or not at all if one has since it last slept.
pub fn sleep() {
    while !CALLED.swap(false, Ordering::Acquire) {
        // Not WFI, which would sleep over an interrupt that came just before it.
        cortex_m::asm::wfe();
    }
}

/// Calls for the main loop.
pub fn wake() {
    CALLED.store(true, Ordering::Release);
}

extern "C" fn byte_received() {
    wake();
    UART_INTERRUPT.write(RECEIVER_INTERRUPT);
    critical_section::with(|section| {
        let mut received = RECEIVED.borrow_ref_mut(section);
        while UART_STATE.read() & RECEIVER_FULL != 0 {
            let byte = UART_DATA.read().to_le_bytes()[0];
            // Where the main loop does not keep up, the byte is lost, which the frame's checksum shows.
            let _ = received.push_back(byte);
        }
    });
}

/// Bytes of stack that were ever used, as the paint that the start-up code put there shows.
#[cfg(feature = "measure")]
pub fn stack_used() -> usize {
    unsafe extern "C" {
        // Of the linker's script: only their addresses mean anything.
        static mut _stack_start: u32;
        static mut _stack_end: u32;
    }
    let (top, mut lowest) = (&raw const _stack_start, &raw const _stack_end);
    // SAFETY: all words between the two are of this board's memory, aligned, and nothing but the stack lies there; what
    // is below what this function itself uses does not change meanwhile.
    while lowest < top && unsafe { lowest.read_volatile() } == cortex_m_rt::STACK_PAINT_VALUE {
        lowest = lowest.wrapping_add(1);
    }
    top.addr() - lowest.addr()
}
