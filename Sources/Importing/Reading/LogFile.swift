import Foundation
import Kernel
import Operations
import Subprocess
import SystemPackage
import TLS

/// A file with a log, plain or compressed by gzip, read piece by piece.
package struct LogFile: Sendable {
  package let path: String

  package init(path: String) {
    self.path = path
  }

  /// The name without its folder.
  package var name: String { FilePath(path).lastComponent?.string ?? path }

  /// How much of the file, as it lies on the disk, has been read.
  package struct Progress: Sendable {
    package let bytesRead: Int64
    package let bytesInAll: Int64
  }

  private static let chunkSize = 1 << 18

  /// Hands the content over from beginning to end and returns the SHA-256 of the file as it lies on the disk.
  ///
  /// Whether it is compressed is told by its first bytes. Decompression is left to gzip(1), which reads the file itself
  /// and waits whenever we do; a content that is cut off or damaged is an error after the last piece.
  package func read(_ consume: (UnsafeRawBufferPointer, Progress) throws -> Void) async throws -> [UInt8] {
    let file = try open()
    defer { try? file.close() }
    let size = try refusing { try file.seek(offset: 0, from: .end) }
    try refusing { _ = try file.seek(offset: 0, from: .start) }
    var magic: [UInt8] = [0, 0]
    let magicCount = try refusing { try magic.withUnsafeMutableBytes { try file.read(fromAbsoluteOffset: 0, into: $0) } }
    let isCompressed = magicCount == 2 && magic == [0x1f, 0x8b]
    if !isCompressed, name.lowercased().hasSuffix(".gz") { throw Failure(.malformed, ImportingMessages.notGzip, ["file": name]) }
    return isCompressed ? try await readCompressed(file, size, consume) : try readPlain(file, size, consume)
  }

  private func open() throws -> FileDescriptor {
    do {
      return try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
    } catch Errno.noSuchFileOrDirectory {
      throw Failure(.notFound, ImportingMessages.noSuchFile, ["file": path])
    } catch {
      throw Failure(.malformed, ImportingMessages.fileNotReadable, ["file": path, "reason": "\(error)"])
    }
  }

  private func refusing<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as Errno {
      throw Failure(.malformed, ImportingMessages.fileNotReadable, ["file": path, "reason": "\(error)"])
    }
  }

  private func readPlain(_ file: FileDescriptor, _ size: Int64, _ consume: (UnsafeRawBufferPointer, Progress) throws -> Void) throws -> [UInt8] {
    let digest = SHA256.Stream()
    var offset: Int64 = 0
    try refusing {
      try Self.chunks(of: file) { chunk in
        digest.update(chunk)
        offset += Int64(chunk.count)
        try consume(chunk, Progress(bytesRead: offset, bytesInAll: max(size, offset)))
      }
    }
    return try Self.finished(digest)
  }

  private func readCompressed(
    _ file: FileDescriptor, _ size: Int64, _ consume: (UnsafeRawBufferPointer, Progress) throws -> Void
  ) async throws -> [UInt8] {
    // By absolute offsets, which do not move the position that gzip reads from.
    async let digest = Self.digest(of: file)
    let outcome: ExecutionResult<Void, SequenceOutput, StringOutput<UTF8>>
    do {
      outcome = try await Subprocess.run(
        .name("gzip"), arguments: ["-dc"], environment: Self.environment, input: .fileDescriptor(file, closeAfterSpawningProcess: false),
        output: .sequence, error: .string(limit: 4096)
      ) { gzip in
        for try await chunk in gzip.standardOutput {
          // The child reads from our own open file: its position tells how far it is.
          let position = (try? file.seek(offset: 0, from: .current)) ?? 0
          try chunk.withUnsafeBytes { try consume($0, Progress(bytesRead: position, bytesInAll: max(size, position))) }
        }
      }
    } catch let error as SubprocessError {
      throw Failure(.internal, ImportingMessages.noGzip, debug: "\(error)")
    }
    guard outcome.terminationStatus.isSuccess else {
      throw Failure(.malformed, ImportingMessages.damagedGzip, ["file": name, "reason": Self.reason(outcome.standardError)])
    }
    return try await digest
  }

  /// Nothing is inherited: a GZIP variable of the caller must not change what gzip does.
  private static let environment = Environment.custom(["PATH": "/usr/bin:/bin", "LC_ALL": "C"])

  /// The first line of what gzip complained about, without its name.
  private static func reason(_ complaint: String) -> String {
    let line = complaint.split(separator: "\n").first { !$0.isEmpty }.map(String.init) ?? "?"
    return line.replacing("gzip: ", with: "").replacing("stdin: ", with: "")
  }

  private static func digest(of file: FileDescriptor) async throws -> [UInt8] {
    let digest = SHA256.Stream()
    try chunks(of: file) { digest.update($0) }
    return try finished(digest)
  }

  private static func chunks(of file: FileDescriptor, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    var buffer = [UInt8](repeating: 0, count: chunkSize)
    var offset: Int64 = 0
    while true {
      let count = try buffer.withUnsafeMutableBytes { try file.read(fromAbsoluteOffset: offset, into: $0) }
      guard count > 0 else { return }
      offset += Int64(count)
      try buffer.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
  }

  private static func finished(_ digest: SHA256.Stream) throws -> [UInt8] {
    guard let bytes = digest.finish() else { throw Failure(.internal, OperationMessages.internalFault, debug: "no memory for a digest") }
    return bytes
  }
}
