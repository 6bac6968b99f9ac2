import Foundation
import Kernel
import OperatingSystem
import Operations
import TLS
import TestSupport
import Testing

@testable import FileStorage

@Suite struct StoreTests {
  private let tenant = TenantHandle(7)

  private func with(_ limits: FileLimits = FileLimits(), _ body: (FolderStore) async throws -> Void) async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    try await body(try FolderStore(folder: folder + "/files", limits: limits))
  }

  @Test func whatIsKeptIsReadBackPieceByPiece() async throws {
    try await with { store in
      var random = SplitMix64(seed: 3)
      for size in [1, 4095, 65_535, 65_536, 65_537, 400_000] {
        let bytes = (0..<size).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let incoming = try await store.receive(for: tenant)
        for start in stride(from: 0, to: size, by: 7001) { try await incoming.append(Array(bytes[start..<min(start + 7001, size)])) }
        let received = try await incoming.finish()
        #expect(received.content == FileContent(digest: SHA256.hash(bytes), bytes: Int64(size)) && received.head == Array(bytes.prefix(4096)))
        try await store.keep(received, of: tenant)
        incoming.discard()
        #expect(try await store.holds(received.content, of: tenant))
        let file = try #require(try await store.open(received.content, of: tenant))
        var read: [UInt8] = []
        while case let piece = try await file.next(), !piece.isEmpty {
          #expect(piece.count <= 65_536)
          read += piece
        }
        #expect(read == bytes)
        #expect(try await store.open(received.content, of: TenantHandle(8)) == nil, "it is of one tenant")
      }
    }
  }

  @Test func foldersAndFilesAreTheirOwnersAlone() async throws {
    try await with { store in
      let incoming = try await store.receive(for: tenant)
      try await incoming.append([1])
      try await store.keep(try await incoming.finish(), of: tenant)
      let files = FileManager.default
      for (path, mode) in [("", 0o700), ("/incoming", 0o700), ("/\(tenant)", 0o700)] {
        #expect(try files.attributesOfItem(atPath: store.folder + path)[.posixPermissions] as? Int == mode, "\(path)")
      }
      let path = store.path(of: SHA256.hash([1]), tenant)
      #expect(try files.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    }
  }

  @Test func aFileStopsAtItsLimit() async throws {
    try await with(FileLimits(fileBytes: 1000)) { store in
      let incoming = try await store.receive(for: tenant)
      try await incoming.append([UInt8](repeating: 1, count: 1000))
      await expectFailure(.tooLarge) { try await incoming.append([1]) }
      incoming.discard()
      #expect(try FileManager.default.contentsOfDirectory(atPath: store.folder + "/incoming") == [])
    }
  }

  @Test func placesAreCountedAndGivenBack() async throws {
    try await with { store in
      var taken: [any IncomingFile] = []
      for _ in 0..<IncomingPlaces.mostOfTenant { taken.append(try await store.receive(for: tenant)) }
      await expectFailure(.limited) { try await store.receive(for: tenant) }
      taken.append(try await store.receive(for: TenantHandle(8)))
      taken.removeFirst().discard()
      taken.append(try await store.receive(for: tenant))
      for number in 0..<(IncomingPlaces.most - taken.count) { taken.append(try await store.receive(for: TenantHandle(UInt32(100 + number)))) }
      await expectFailure(.limited) { try await store.receive(for: TenantHandle(9)) }
      // Whoever forgets one leaves nothing behind.
      taken.removeAll()
      for _ in 0..<100 where try !FileManager.default.contentsOfDirectory(atPath: store.folder + "/incoming").isEmpty {
        try await Task.sleep(for: .milliseconds(20))
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: store.folder + "/incoming") == [])
      _ = try await store.receive(for: tenant)
    }
  }

  @Test func aLinkIsNotFollowed() async throws {
    try await with { store in
      let digest = SHA256.hash(Array("root".utf8))
      let path = store.path(of: digest, tenant)
      try FileManager.default.createDirectory(atPath: String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex)), withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/etc/hostname")
      let content = FileContent(digest: digest, bytes: 4)
      #expect(try await !store.holds(content, of: tenant))
      await #expect(throws: SystemCallError.self) { try await store.open(content, of: tenant) }
    }
  }

  @Test func aFolderThatCannotBeUsedIsToldAtTheStart() throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    #expect(throws: SystemCallError.self) { try FolderStore(folder: folder + "/not/there") }
    try "x".write(toFile: folder + "/file", atomically: true, encoding: .utf8)
    #expect(throws: SystemCallError.self) { try FolderStore(folder: folder + "/file") }
    #expect(throws: SystemCallError.self) { try FolderStore(folder: "/proc/self") }
  }
}
