import Foundation
import OperatingSystem
import TestSupport
import Testing

@Suite final class FileTests {
  let folder: String

  init() throws { folder = try TemporaryFolder.make() }

  deinit { TemporaryFolder.remove(folder) }

  private func mode(_ path: String) throws -> mode_t {
    var status = stat()
    try #require(stat(path, &status) == 0)
    return status.st_mode & 0o7777
  }

  @Test func anAtomicFileIsReplacedWholeAndReadableByItsOwnerOnly() throws {
    let path = folder + "/token"
    try AtomicFile.write(Array("first".utf8), to: path)
    #expect(try mode(path) == 0o600)
    // A reader of the old file keeps the old content: the name moves, the bytes do not.
    let reader = try #require(FileHandle(forReadingAtPath: path))
    chmod(path, 0o644)
    try AtomicFile.write(Array("second, longer".utf8), to: path)
    #expect(String(decoding: reader.readDataToEndOfFile(), as: UTF8.self) == "first")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "second, longer")
    #expect(try mode(path) == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["token"])
  }

  @Test func aLinkIsNotFollowed() throws {
    let target = folder + "/target"
    try "untouched".write(toFile: target, atomically: false, encoding: .utf8)
    try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: target)
    #expect(throws: SystemCallError.self) { try AtomicFile.write([1], to: folder + "/link") }
    // The same for a link waiting where the new content is first written.
    try FileManager.default.createSymbolicLink(atPath: folder + "/.fresh.\(getpid()).new", withDestinationPath: target)
    try AtomicFile.write([1], to: folder + "/fresh")
    #expect(try String(contentsOfFile: target, encoding: .utf8) == "untouched")
  }

  @Test func aFailureLeavesTheOldFileAndNoRest() throws {
    #expect(throws: SystemCallError.self) { try AtomicFile.write([1], to: folder + "/missing/token") }
    #expect(throws: SystemCallError.self) { try AtomicFile.write([1], to: folder + "/") }
    mkdir(folder + "/folder", 0o700)
    #expect(throws: SystemCallError.self) { try AtomicFile.write([1], to: folder + "/folder") }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["folder"])
  }

  @Test func aLockHasOneHolder() throws {
    let path = folder + "/lock"
    var first = try FileLock(path: path)
    #expect(first != nil)
    #expect(try FileLock(path: path) == nil)
    first?.release()
    var second = try FileLock(path: path)
    #expect(second != nil)
    second = nil
    #expect(try FileLock(path: path) != nil)
    first = nil
  }
}
