import Foundation
import Jobs
import Kernel
import Operations
import TestSupport
import Testing

@testable import Attachments
@testable import FileStorage

/// Whoever dies on the way leaves at most bytes that are nobody's, and those go.
@Suite struct SweepTests {
  @Test(arguments: [FaultyStore.Fault.received, .kept]) func whatWasBegunLeavesNoRowAndInTheEndNoFile(fault: FaultyStore.Fault) async throws {
    let world = try await AttachmentsWorld()
    let incident = try await world.incident()
    let dying = try await AttachmentsWorld.dispatcher(world.database, FaultyStore(world.store, dying: fault))
    await #expect(throws: Failure.self) { try await world.attach(Array("half".utf8), to: incident, key: "k", by: dying) }
    #expect(try await world.rows() == 0)
    #expect(try await world.storage()["usedBytes"]?.integer == 0)
    #expect(world.incoming().count == (fault == .received ? 1 : 0) && world.kept().count == (fault == .received ? 0 : 1), "\(world.files())")

    // It may still be under way.
    try world.age(AttachmentsWorld.day - 3600)
    try await world.sweep()
    #expect(world.files().count == 1)
    // Repeated with the same key it is done, over what was left.
    if fault != .received {
      let made = try await world.attach(Array("half".utf8), to: incident, key: "k")
      #expect(try await world.download(made) == Array("half".utf8))
      try world.age(2 * AttachmentsWorld.day)
      try await world.sweep()
      #expect(world.kept().count == 1, "what is somebody's stays, however old")
      return
    }
    try world.age(AttachmentsWorld.day + 1)
    try await world.sweep()
    #expect(world.files() == [])
  }

  @Test func whatWasKeptForNobodyIsSetAsideAndGoesAMonthLater() async throws {
    let world = try await AttachmentsWorld()
    let incident = try await world.incident()
    let dying = try await AttachmentsWorld.dispatcher(world.database, FaultyStore(world.store, dying: .kept))
    for number in 0..<25 { await #expect(throws: Failure.self) { try await world.attach(Array("half \(number)".utf8), to: incident, by: dying) } }
    let made = try await world.attach("whole", to: incident)
    #expect(world.kept().count == 26)
    try world.age(2 * AttachmentsWorld.day)
    // One run looks at its part alone.
    try await world.sweepOnce()
    #expect(world.kept().count >= 20)
    try await world.sweep()
    #expect(world.kept().count == 1 && world.aside().count == 25)
    #expect(world.store.figures.snapshot[.unclaimed] == 25)
    #expect(try await world.download(made) == Array("whole".utf8))
    world.database.clock.advance(seconds: 29 * AttachmentsWorld.day)
    try await world.sweepOnce()
    #expect(world.aside().count == 25)
    world.database.clock.advance(seconds: 2 * AttachmentsWorld.day)
    try await world.sweepOnce()
    #expect(world.aside() == [] && world.kept().count == 1)
  }

  /// As after going back to what the database was days ago, while the folder is of today.
  @Test func anOlderDatabaseTakesNothingAway() async throws {
    let world = try await AttachmentsWorld()
    let incident = try await world.incident()
    let dying = try await AttachmentsWorld.dispatcher(world.database, FaultyStore(world.store, dying: .kept))
    await #expect(throws: Failure.self) { try await world.attach(Array("of an empty database".utf8), to: incident, by: dying) }
    try world.age(2 * AttachmentsWorld.day)
    await #expect(throws: LeftUndone.self) { try await world.sweep() }
    #expect(world.kept().count == 1 && world.aside() == [])
    #expect(try await !AttachmentsInUse.look(world.database.tenancy))
    try await world.attach("an old one", to: incident)
    #expect(try await AttachmentsInUse.look(world.database.tenancy))
    await #expect(throws: Failure.self) { try await world.attach(Array("of days that are to come".utf8), to: incident, by: dying) }
    world.database.clock.advance(seconds: 5 * AttachmentsWorld.day)
    try world.age(2 * AttachmentsWorld.day)
    await #expect(throws: LeftUndone.self) { try await world.sweep() }
    #expect(world.kept().count == 3 && world.aside() == [])
  }

  @Test func whatWasDeletedWaitsADay() async throws {
    let world = try await AttachmentsWorld()
    let incident = try await world.incident()
    let made = try await world.attach("gone", to: incident)
    try world.age(9 * AttachmentsWorld.day)
    try await world.delete(made)
    world.database.clock.advance(seconds: AttachmentsWorld.day - 60)
    try await world.sweepOnce()
    #expect(try await world.call("attachment.read", ["id": made["id"] ?? .null])["state"]?.text == "deleted")
    #expect(world.kept().count == 1)
    world.database.clock.advance(seconds: 120)
    try await world.sweepOnce()
    #expect(try await world.call("attachment.read", ["id": made["id"] ?? .null])["state"]?.text == "removed")
    #expect(world.kept() == [])
  }

  /// The same bytes were deleted twice: the later one has its day as well, for a backup of the database may still know it.
  @Test func whatWasDeletedTwiceWaitsForTheLater() async throws {
    let world = try await AttachmentsWorld()
    let incident = try await world.incident()
    let (one, two) = (try await world.attach("twice", to: incident), try await world.attach("twice", to: incident))
    try world.age(9 * AttachmentsWorld.day)
    try await world.delete(one)
    world.database.clock.advance(seconds: AttachmentsWorld.day - 3600)
    try await world.delete(two)
    world.database.clock.advance(seconds: 7200)
    try await world.sweepOnce()
    #expect(try await world.call("attachment.read", ["id": one["id"] ?? .null])["state"]?.text == "removed")
    #expect(world.kept().count == 1)
    #expect(try await world.storage()["usedBytes"]?.integer == 5)
    world.database.clock.advance(seconds: AttachmentsWorld.day)
    try await world.sweepOnce()
    #expect(world.kept() == [])
    #expect(try await world.storage()["usedBytes"]?.integer == 0)
  }

  /// A worker whose lock was lost comes late: what lies there now came since, and is somebody's.
  @Test func whatCameAnewIsNotRemoved() async throws {
    let world = try await AttachmentsWorld()
    let incident = try await world.incident()
    let made = try await world.attach("contended", to: incident)
    try await world.delete(made)
    try world.nextDay()
    try world.age(60)
    try await world.sweepOnce()
    #expect(try await world.call("attachment.read", ["id": made["id"] ?? .null])["state"]?.text == "removed")
    #expect(world.kept().count == 1)
  }

  @Test func whoDiesBetweenTheDiskAndTheRowIsFollowed() async throws {
    let world = try await AttachmentsWorld()
    let made = try await world.attach("gone", to: try await world.incident())
    try await world.delete(made)
    try world.nextDay()
    let faulty = FaultyStore(world.store, dying: .removed)
    await #expect(throws: LeftUndone.self) { try await world.sweepOnce(faulty) }
    #expect(world.kept() == [])
    #expect(try await world.storage()["usedBytes"]?.integer == 4, "the row does not know yet")
    faulty.set(nil)
    try await world.sweepOnce(faulty)
    #expect(try await world.call("attachment.read", ["id": made["id"] ?? .null])["state"]?.text == "removed")
    #expect(try await world.storage()["usedBytes"]?.integer == 0)
    // Nothing is given back twice.
    try await world.sweepOnce()
    #expect(try await world.storage()["files"]?.integer == 0)
  }

  @Test func bytesStayWhileAnybodyHasThem() async throws {
    let world = try await AttachmentsWorld()
    let incident = try await world.incident()
    let (one, two) = (try await world.attach("shared", to: incident), try await world.attach("shared", to: try await world.incident()))
    #expect(world.kept().count == 1)
    #expect(try await world.storage()["usedBytes"]?.integer == 12)
    try await world.delete(one)
    try world.nextDay()
    try await world.sweepOnce()
    #expect(try await world.download(two) == Array("shared".utf8))
    #expect(try await world.storage()["usedBytes"]?.integer == 6)
    try await world.delete(two)
    // It comes back before the sweep has come.
    let three = try await world.attach("shared", to: incident)
    try world.nextDay()
    try await world.sweep()
    #expect(try await world.download(three) == Array("shared".utf8))
    #expect(try await world.call("attachment.read", ["id": two["id"] ?? .null])["state"]?.text == "removed")
    try await world.delete(three)
    try world.nextDay()
    try await world.sweep()
    #expect(world.files() == [])
  }

  @Test func addingAndRemovingTheSameAtOnceLosesNothing() async throws {
    let world = try await AttachmentsWorld()
    let incident = try await world.incident()
    for _ in 0..<12 {
      let old = try await world.attach("contended", to: incident)
      try await world.delete(old)
      try world.nextDay()
      async let swept: Void = world.sweepOnce()
      async let added = { try? await world.attach("contended", to: incident) }()
      let made = await added
      try await swept
      // Refused, or there: never a row without its file.
      if let made {
        #expect(try await world.download(made) == Array("contended".utf8))
        try await world.delete(made)
      }
      try world.nextDay()
      try await world.sweepOnce()
    }
    #expect(try await world.storage()["usedBytes"]?.integer == 0)
  }

  @Test func aFileThatWasTakenAwayIsToldAndOneThatRottedIsNotGiven() async throws {
    let world = try await AttachmentsWorld()
    let incident = try await world.incident()
    let (gone, rotten) = (try await world.attach("gone", to: incident), try await world.attach("rotten", to: incident))
    let paths = world.kept().map { "\(world.folder)/\(world.acme.handle)/\($0)" }
    for path in paths where try String(contentsOfFile: path, encoding: .utf8) == "gone" { try FileManager.default.removeItem(atPath: path) }
    for path in paths where (try? String(contentsOfFile: path, encoding: .utf8)) == "rotten" {
      try FileManager.default.removeItem(atPath: path)
      try "ROTTEN".write(toFile: path, atomically: false, encoding: .utf8)
    }
    do {
      _ = try await world.download(gone)
      Issue.record("given")
    } catch let failure as Failure { #expect(failure.kind == .internal && failure.code == "attachments.missing", "\(failure)") }
    await expectFailure(.internal) { try await world.download(rotten) }
    #expect(world.store.figures.snapshot[.missing] == 1 && world.store.figures.snapshot[.damaged] == 1)
    // What has no file can be deleted like any other; what is attached anew is there again.
    try await world.delete(gone)
    try world.nextDay()
    try await world.sweepOnce()
    let again = try await world.attach("rotten", to: incident)
    #expect(try await world.download(again) == Array("rotten".utf8))
    #expect(try await world.download(rotten) == Array("rotten".utf8))
  }

  /// Each part of the work by itself: what fails is told, and all else is done.
  @Test func whatFailsHoldsUpNothingElse() async throws {
    let world = try await AttachmentsWorld()
    let incident = try await world.incident(of: world.other)
    let gone = try await world.attach("gone", to: incident)
    let dying = try await AttachmentsWorld.dispatcher(world.database, FaultyStore(world.store, dying: .kept))
    await #expect(throws: Failure.self) { try await world.attach(Array("half".utf8), to: incident, by: dying) }
    try await world.attach("newer", to: incident)
    try await world.delete(gone)
    try world.nextDay()
    let broken = PartlyBrokenStore(world.store, customer: world.acme.handle, others: [world.other.handle])
    var faults = 0
    for part in 0..<256 {
      do {
        let now = world.database.clock.now().adding(seconds: Int64(part - 255) * AttachmentSweep.everySeconds)
        try await AttachmentSweep(broken, logger: TestDatabase.logger).run(at: now, world.database.tenancy)
        Issue.record("nothing failed")
      } catch let rest as LeftUndone { faults = max(faults, rest.faults.count) }
    }
    #expect(faults == 3, "what is on its way, what was set aside, one customer's files")
    #expect(world.aside(of: world.other).count == 1 && world.kept(of: world.other).count == 1)
    #expect(try await world.call("attachment.read", ["id": gone["id"] ?? .null])["state"]?.text == "removed")
  }

  @Test func whatIsNoneOfOursStays() async throws {
    let world = try await AttachmentsWorld()
    let strangers = "\(world.folder)/0000000/ab"
    try FileManager.default.createDirectory(atPath: strangers, withIntermediateDirectories: true)
    let name = "ab" + String(repeating: "0", count: 62)
    try "another installation's".write(toFile: "\(strangers)/\(name)", atomically: true, encoding: .utf8)
    try FileManager.default.createDirectory(atPath: "\(world.folder)/\(world.acme.handle)/ab", withIntermediateDirectories: true)
    try "no content of ours".write(toFile: "\(world.folder)/\(world.acme.handle)/ab/README", atomically: true, encoding: .utf8)
    try world.age(30 * AttachmentsWorld.day)
    try await world.sweep()
    #expect(world.files().count == 2)
  }

  @Test func aCustomerWhoseFilesCannotBeRemovedHoldsUpNoOther() async throws {
    let world = try await AttachmentsWorld()
    let (one, two) = (
      try await world.attach("one", to: try await world.incident()), try await world.attach("two", to: try await world.incident(of: world.other))
    )
    try await world.delete(one)
    try await world.delete(two)
    // A folder where the file should be: unlink fails, for root as well.
    let path = "\(world.folder)/\(world.acme.handle)/\(world.kept()[0])"
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    world.database.clock.advance(seconds: AttachmentsWorld.day + 60)
    try world.age(2 * AttachmentsWorld.day)
    await #expect(throws: LeftUndone.self) { try await world.sweepOnce() }
    #expect(world.kept(of: world.other) == [])
    #expect(try await world.call("attachment.read", ["id": two["id"] ?? .null])["state"]?.text == "removed")
    #expect(try await world.call("attachment.read", ["id": one["id"] ?? .null])["state"]?.text == "deleted")
  }
}

/// A store of which parts cannot be read: what is on its way, what was set aside, and the files of one customer, who comes first.
private final class PartlyBrokenStore: FileStore {
  private struct Broken: Error {}

  private let store: any FileStore
  private let customer: TenantHandle
  private let others: [TenantHandle]

  init(_ store: any FileStore, customer: TenantHandle, others: [TenantHandle]) {
    self.store = store
    self.customer = customer
    self.others = others
  }

  var limits: FileLimits { store.limits }
  func receive(for tenant: TenantHandle, from sender: FileSender?) async throws -> any IncomingFile { try await store.receive(for: tenant, from: sender) }
  func keep(_ file: ReceivedFile, of tenant: TenantHandle) async throws { try await store.keep(file, of: tenant) }
  func open(_ content: FileContent, of tenant: TenantHandle) async throws -> (any StoredFile)? { try await store.open(content, of: tenant) }
  func remove(_ digest: [UInt8], of tenant: TenantHandle, before instant: Instant) async throws {
    try await store.remove(digest, of: tenant, before: instant)
  }
  func setAside(_ digest: [UInt8], of tenant: TenantHandle, before instant: Instant, now: Instant) async throws -> Bool {
    try await store.setAside(digest, of: tenant, before: instant, now: now)
  }
  func removeSetAside(before instant: Instant, limit: Int) async throws -> Int { throw Broken() }
  func removeIncoming(before instant: Instant, limit: Int) async throws { throw Broken() }
  func tenants() async throws -> [TenantHandle] { [customer] + others }
  func contents(of tenant: TenantHandle, part: UInt8, before instant: Instant) async throws -> [[UInt8]] {
    guard tenant != customer else { throw Broken() }
    return try await store.contents(of: tenant, part: part, before: instant)
  }
}
