//! What the host is asked for beyond `std`: each function as a safe one. The host compares every
//! address and length with this program's memory.

use std::fs::File;
use std::io;
use std::os::wasi::io::{AsRawFd, FromRawFd, IntoRawFd, RawFd};

/// As the host reads it: { u64 offset; u32 address; u32 size }.
#[repr(C)]
pub struct RawRange {
    pub offset_bytes: u64,
    pub into: *mut u8,
    pub size_bytes: usize,
}

#[repr(C)]
pub struct Piece {
    into: *mut u8,
    size_bytes: usize,
}

/// What a descriptor was given as: a folder (kind 0) and how long its path is.
#[repr(C)]
#[derive(Default)]
pub struct Prestat {
    kind: u8,
    path_bytes: usize,
}

const WILL_NEED: i32 = 3;
const BAD_DESCRIPTOR: i32 = 8;

mod wasi {
    #[link(wasm_import_module = "wasi_snapshot_preview1")]
    extern "C" {
        pub fn fd_advise(fd: i32, offset: u64, length: u64, advice: i32) -> i32;
        pub fn fd_close(fd: i32) -> i32;
        pub fn fd_pread(
            fd: i32,
            pieces: *const super::Piece,
            count: usize,
            offset: u64,
            got: *mut usize,
        ) -> i32;
        pub fn fd_prestat_get(fd: i32, out: *mut super::Prestat) -> i32;
        pub fn fd_prestat_dir_name(fd: i32, path: *mut u8, size: usize) -> i32;
    }
}

mod ionloom {
    #[link(wasm_import_module = "ionloom_geds")]
    extern "C" {
        pub fn read_ranges(
            fd: i32,
            ranges: *const super::RawRange,
            count: usize,
            got: *mut u64,
        ) -> i32;
        pub fn metadata(fd: i32, into: *mut u8, size: usize, there: *mut usize) -> i32;
        pub fn set_metadata(fd: i32, bytes: *const u8, size: usize) -> i32;
        pub fn watch(fd: i32, patience_ms: u32, watch: *mut i32) -> i32;
    }
}

fn check(errno: i32) -> io::Result<()> {
    match errno {
        0 => Ok(()),
        _ => Err(io::Error::from_raw_os_error(errno)),
    }
}

/// One call: fewer bytes than there is room for may come before the end too.
pub fn read_at(file: &File, offset_bytes: u64, into: &mut [u8]) -> io::Result<usize> {
    let piece = Piece { into: into.as_mut_ptr(), size_bytes: into.len() };
    let mut got = 0;
    check(unsafe { wasi::fd_pread(file.as_raw_fd(), &piece, 1, offset_bytes, &mut got) })?;
    Ok(got)
}

/// # Safety
/// Each range must be memory that nobody else uses during the call.
pub unsafe fn read_ranges(file: &File, ranges: &[RawRange]) -> io::Result<u64> {
    let mut got = 0;
    check(ionloom::read_ranges(file.as_raw_fd(), ranges.as_ptr(), ranges.len(), &mut got))?;
    Ok(got)
}

pub fn will_need(file: &File, offset_bytes: u64, size_bytes: u64) -> io::Result<()> {
    check(unsafe { wasi::fd_advise(file.as_raw_fd(), offset_bytes, size_bytes, WILL_NEED) })
}

/// Closes and says whether that went well, which dropping a `File` does not.
pub fn close(file: File) -> io::Result<()> {
    check(unsafe { wasi::fd_close(file.into_raw_fd()) })
}

/// How many bytes there are in all.
pub fn metadata(file: &File, into: &mut [u8]) -> io::Result<usize> {
    let mut there = 0;
    check(unsafe {
        ionloom::metadata(file.as_raw_fd(), into.as_mut_ptr(), into.len(), &mut there)
    })?;
    Ok(there)
}

pub fn set_metadata(file: &File, bytes: &[u8]) -> io::Result<()> {
    check(unsafe { ionloom::set_metadata(file.as_raw_fd(), bytes.as_ptr(), bytes.len()) })
}

pub fn watch(folder: &File, patience_ms: u32) -> io::Result<File> {
    let mut number: RawFd = -1;
    check(unsafe { ionloom::watch(folder.as_raw_fd(), patience_ms, &mut number) })?;
    Ok(unsafe { File::from_raw_fd(number) })
}

/// The path of a folder that this program was given; nothing behind the last.
pub fn given_path(number: RawFd) -> io::Result<Option<String>> {
    let mut given = Prestat::default();
    let failed = unsafe { wasi::fd_prestat_get(number, &mut given) };
    if failed == BAD_DESCRIPTOR {
        return Ok(None);
    }
    check(failed)?;
    let mut path = vec![0; given.path_bytes];
    check(unsafe { wasi::fd_prestat_dir_name(number, path.as_mut_ptr(), path.len()) })?;
    String::from_utf8(path)
        .map(Some)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "a path that is not UTF-8"))
}
