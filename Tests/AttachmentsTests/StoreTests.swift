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
        let incoming = try await store.receive(for: tenant, from: nil)
        for start in stride(from: 0, to: size, by: 7001) { try await incoming.append(Array(bytes[start..<min(start + 7001, size)])) }
        let received = try await incoming.finish()
        #expect(received.content == FileContent(digest: SHA256.hash(bytes), bytes: Int64(size)) && received.head == Array(bytes.prefix(4096)))
        try await store.keep(received, of: tenant)
        incoming.discard()
        // A transaction that is done again keeps it again.
        try await store.keep(received, of: tenant)
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
      let incoming = try await store.receive(for: tenant, from: nil)
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
      let incoming = try await store.receive(for: tenant, from: nil)
      try await incoming.append([UInt8](repeating: 1, count: 1000))
      await expectFailure(.tooLarge) { try await incoming.append([1]) }
      incoming.discard()
      #expect(try FileManager.default.contentsOfDirectory(atPath: store.folder + "/incoming") == [])
    }
  }

  private func customer(_ id: Int) -> FileSender { FileSender(kind: .customer, id: Int64(id), isStaff: false) }
  private func engineer(_ id: Int) -> FileSender { FileSender(kind: .staff, id: Int64(id), isStaff: true) }

  @Test func nobodyKeepsTheOthersOut() async throws {
    try await with { store in
      var taken: [any IncomingFile] = []
      // One alone has few, wherever he sends them.
      for number in 0..<IncomingPlaces.mostOfSender { taken.append(try await store.receive(for: TenantHandle(UInt32(number)), from: engineer(1))) }
      await expectFailure(.limited) { try await store.receive(for: TenantHandle(50), from: engineer(1)) }
      // A customer's people leave some to the staff, and what is in memory already needs none.
      for number in 0..<6 { taken.append(try await store.receive(for: tenant, from: customer(number))) }
      await expectFailure(.limited) { try await store.receive(for: tenant, from: customer(7)) }
      for number in 2..<4 { taken.append(try await store.receive(for: tenant, from: engineer(number))) }
      await expectFailure(.limited) { try await store.receive(for: tenant, from: engineer(5)) }
      taken.append(try await store.receive(for: tenant, from: nil))
      for number in 0..<200 where number + 11 < IncomingPlaces.most - IncomingPlaces.forStaff {
        taken.append(try await store.receive(for: TenantHandle(UInt32(100 + number)), from: customer(100 + number)))
      }
      await expectFailure(.limited) { try await store.receive(for: TenantHandle(90), from: customer(90)) }
      taken.append(try await store.receive(for: TenantHandle(90), from: engineer(90)))
      taken.first?.discard()
      taken.append(try await store.receive(for: TenantHandle(50), from: engineer(1)))
    }
  }

  @Test func whatWasSetAsideComesBackForWhoeverHasIt() async throws {
    try await with { store in
      let incoming = try await store.receive(for: tenant, from: nil)
      try await incoming.append(Array("somebody's".utf8))
      let content = try await incoming.finish()
      try await store.keep(content, of: tenant)
      let (now, digest) = (SystemClock().now(), content.content.digest)
      // What came since stays where it is.
      #expect(try await !store.setAside(digest, of: tenant, before: now.adding(seconds: -60), now: now))
      try await store.remove(digest, of: tenant, before: now.adding(seconds: -60))
      #expect(try await store.setAside(digest, of: tenant, before: now.adding(seconds: 60), now: now))
      #expect(!FileManager.default.fileExists(atPath: store.path(of: digest, tenant)))
      #expect(FileManager.default.fileExists(atPath: store.asidePath(of: digest, tenant)))
      #expect(try await store.removeSetAside(before: now.adding(seconds: -1), limit: 10) == 0)
      let file = try #require(try await store.open(content.content, of: tenant))
      #expect(try await file.next() == Array("somebody's".utf8))
      #expect(FileManager.default.fileExists(atPath: store.path(of: digest, tenant)))
      #expect(store.figures.snapshot == [.kept: 1, .unclaimed: 1, .reclaimed: 1], "\(store.figures.snapshot)")
      #expect(try await store.setAside(digest, of: tenant, before: now.adding(seconds: 60), now: now))
      // Asked for by many at once, it is there for each.
      let many = try await withThrowingTaskGroup(of: Bool.self) { group in
        for _ in 0..<20 { group.addTask { try await store.open(content.content, of: tenant) != nil } }
        return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(many == 20 && store.figures.snapshot[.missing] == nil)
      #expect(try await store.setAside(digest, of: tenant, before: now.adding(seconds: 60), now: now))
      #expect(try await store.removeSetAside(before: now.adding(seconds: 60), limit: 10) == 1)
      #expect(try await store.open(content.content, of: tenant) == nil)
    }
  }

  @Test func placesAreCountedAndGivenBack() async throws {
    try await with { store in
      var taken: [any IncomingFile] = []
      func take(_ tenant: TenantHandle) async throws { taken.append(try await store.receive(for: tenant, from: engineer(taken.count + 1000))) }
      for _ in 0..<IncomingPlaces.mostOfTenant { try await take(tenant) }
      await expectFailure(.limited) { try await store.receive(for: tenant, from: engineer(1)) }
      try await take(TenantHandle(8))
      taken[0].discard()
      try await take(tenant)
      for number in 0..<(IncomingPlaces.most + 1 - taken.count) { try await take(TenantHandle(UInt32(100 + number))) }
      await expectFailure(.limited) { try await store.receive(for: TenantHandle(9), from: engineer(1)) }
      // Whoever forgets one leaves nothing behind.
      taken.removeAll()
      for _ in 0..<100 where try !FileManager.default.contentsOfDirectory(atPath: store.folder + "/incoming").isEmpty {
        try await Task.sleep(for: .milliseconds(20))
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: store.folder + "/incoming") == [])
      _ = try await store.receive(for: tenant, from: engineer(1))
    }
  }

  @Test func aFolderIsOneOwnersAlone() async throws {
    try await with { store in
      #expect(await !store.isOwned(by: "cus_1"))
      #expect(try await store.claim(for: "cus_1"))
      #expect(try await store.claim(for: "cus_1"))
      #expect(try await !store.claim(for: "cus_2"))
      let again = try FolderStore(folder: store.folder)
      #expect(await again.isOwned(by: "cus_1"))
      #expect(await !again.isOwned(by: "cus_2"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: store.folder + "/incoming") == [])
      try FileManager.default.removeItem(atPath: store.ownerFile)
      #expect(await !store.isOwned(by: "cus_1"), "as when it is not mounted")
    }
  }

  @Test func aFolderThatWentAwayRefusesAndIsNoFault() async throws {
    try await with { store in
      let incoming = try await store.receive(for: tenant, from: nil)
      try await incoming.append([1])
      let received = try await incoming.finish()
      let away = store.folder + ".away"
      try FileManager.default.moveItem(atPath: store.folder, toPath: away)
      func refused(_ work: () async throws -> Void) async {
        do {
          try await work()
          Issue.record("it was taken")
        } catch {
          let failure = error as? Failure
          #expect(failure?.kind == .busy && failure?.code == "files.unavailable" && failure?.debug?.contains(store.folder) == true, "\(error)")
        }
      }
      await refused { _ = try await store.receive(for: tenant, from: nil) }
      await refused { try await store.keep(received, of: tenant) }
      await refused { _ = try await store.open(received.content, of: tenant) }
      // A place below which nothing is mounted is as good as none.
      try FileManager.default.createDirectory(atPath: store.folder, withIntermediateDirectories: false)
      await refused { _ = try await store.receive(for: tenant, from: nil) }
      await refused { _ = try await store.open(received.content, of: tenant) }
      #expect(store.figures.snapshot == [:], "no single file is missing")
      try FileManager.default.removeItem(atPath: store.folder)
      try FileManager.default.moveItem(atPath: away, toPath: store.folder)
      try await store.keep(received, of: tenant)
      #expect(try await store.open(received.content, of: tenant) != nil)
    }
  }

  /// Kept once more it is there already: but only the same counts as that.
  @Test func whatIsGoneIsNotTakenForKept() async throws {
    try await with { store in
      let incoming = try await store.receive(for: tenant, from: nil)
      try await incoming.append([1, 2, 3])
      let received = try await incoming.finish()
      try await store.keep(received, of: tenant)
      let path = store.path(of: received.content.digest, tenant)
      try Data([1]).write(to: URL(fileURLWithPath: path))
      await #expect(throws: (any Error).self, "of another size") { try await store.keep(received, of: tenant) }
      try FileManager.default.removeItem(atPath: path)
      await #expect(throws: (any Error).self, "gone") { try await store.keep(received, of: tenant) }
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      // A folder, of whatever size it says.
      var status = stat()
      #expect(lstat(path, &status) == 0)
      let content = FileContent(digest: received.content.digest, bytes: Int64(status.st_size))
      await #expect(throws: (any Error).self) { try await store.keep(ReceivedFile(content: content, head: [], place: received.place), of: tenant) }
    }
  }

  /// What lies there and is none of ours is neither listed nor removed.
  @Test func whatIsNoneOfOursIsPassedOver() async throws {
    try await with { store in
      let incoming = try await store.receive(for: tenant, from: nil)
      try await incoming.append([1, 2, 3])
      let received = try await incoming.finish()
      try await store.keep(received, of: tenant)
      let digest = received.content.digest
      let (now, part) = (SystemClock().now(), digest[0])
      let path = store.path(of: digest, tenant)
      let folder = String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex))
      var misplaced = digest
      misplaced[0] = part &+ 1
      try "x".write(toFile: folder + "/" + FolderStore.name(misplaced), atomically: false, encoding: .utf8)
      #expect(try await store.contents(of: tenant, part: part, before: now.adding(seconds: 60)) == [digest])
      #expect(try await store.contents(of: tenant, part: part, before: now.adding(seconds: -60)) == [], "it may be under way")
      let aside = store.folder + "/" + FolderStore.unclaimed
      try "x".write(toFile: aside + "/README", atomically: false, encoding: .utf8)
      try FileManager.default.createDirectory(atPath: aside + "/lost+found", withIntermediateDirectories: false)
      try "x".write(toFile: aside + "/lost+found/1", atomically: false, encoding: .utf8)
      #expect(try await store.removeSetAside(before: now.adding(seconds: 60), limit: 10) == 0)
      #expect(FileManager.default.fileExists(atPath: aside + "/lost+found/1"))
    }
  }

  @Test func whatIsNotWhatWasKeptIsNotOpened() async throws {
    try await with { store in
      let bytes = [UInt8](repeating: 7, count: 200_000)
      let incoming = try await store.receive(for: tenant, from: nil)
      try await incoming.append(bytes)
      let content = try await incoming.finish()
      try await store.keep(content, of: tenant)
      let path = store.path(of: content.content.digest, tenant)
      // Cut while it is read: what comes is no whole file, and says so.
      let file = try #require(try await store.open(content.content, of: tenant))
      #expect(try await file.next().count == 65_536)
      let handle = try #require(FileHandle(forWritingAtPath: path))
      try handle.truncate(atOffset: 100_000)
      try handle.close()
      await #expect(throws: SystemCallError.self) { while try await !file.next().isEmpty {} }
      #expect(store.figures.snapshot[.damaged] == 1)
      // Of another size it is not there.
      #expect(try await store.open(content.content, of: tenant) == nil)
      // Nor is a folder.
      try FileManager.default.removeItem(atPath: path)
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      var status = stat()
      #expect(lstat(path, &status) == 0)
      #expect(try await store.open(FileContent(digest: content.content.digest, bytes: Int64(status.st_size)), of: tenant) == nil)
    }
  }

  /// Its number may be another file's by then.
  @Test func nothingIsWrittenAfterTheEnd() async throws {
    try await with { store in
      let piece = [UInt8](repeating: 1, count: 200_000)
      let discarded = try await store.receive(for: tenant, from: nil)
      discarded.discard()
      await #expect(throws: SystemCallError.self) { try await discarded.append(piece) }
      await #expect(throws: SystemCallError.self) { try await discarded.finish() }
      let finished = try await store.receive(for: tenant, from: nil)
      try await finished.append(piece)
      _ = try await finished.finish()
      await #expect(throws: SystemCallError.self) { try await finished.append(piece) }
    }
  }

  /// Given back twice, a place would make room that is not there.
  @Test func aPlaceIsGivenBackOnce() async throws {
    try await with { store in
      var taken: [any IncomingFile] = []
      for _ in 0..<IncomingPlaces.mostOfSender { taken.append(try await store.receive(for: tenant, from: engineer(1))) }
      taken[0].discard()
      taken[0].discard()
      taken.remove(at: 0)
      taken.append(try await store.receive(for: tenant, from: engineer(1)))
      await expectFailure(.limited) { try await store.receive(for: tenant, from: engineer(1)) }
    }
  }

  @Test func aNameIsADigestOrNone() {
    let digest = SHA256.hash([1])
    #expect(FolderStore.digest(FolderStore.name(digest)) == digest)
    let name = FolderStore.name(digest)
    for odd in ["", String(name.dropLast()), name + "0", "g" + name.dropFirst(), name.uppercased(), "é" + name.dropFirst(2), "../" + name.dropFirst(3)] {
      #expect(FolderStore.digest(odd) == nil || odd == name, "\(odd)")
    }
  }

  /// What is removed in one go is bounded, and what came since stays.
  @Test func aRunRemovesAFewAndLeavesWhatIsNew() async throws {
    try await with { store in
      let incoming = store.folder + "/" + FolderStore.incoming
      let now = SystemClock().now()
      for number in 0..<5 { try "x".write(toFile: "\(incoming)/\(number)", atomically: false, encoding: .utf8) }
      func count() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: incoming).count }
      try await store.removeIncoming(before: now.adding(seconds: -60), limit: 10)
      #expect(try count() == 5)
      try await store.removeIncoming(before: now.adding(seconds: 60), limit: 2)
      #expect(try count() == 3)
      try await store.removeIncoming(before: now.adding(seconds: 60), limit: 0)
      #expect(try count() == 3)
    }
  }

  @Test func aLinkIsNotFollowed() async throws {
    try await with { store in
      let digest = SHA256.hash(Array("root".utf8))
      let path = store.path(of: digest, tenant)
      try FileManager.default.createDirectory(atPath: String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex)), withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/etc/hostname")
      let content = FileContent(digest: digest, bytes: 4)
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
