import Kernel
import Operations
import TestSupport
import Testing

@testable import Attachments

@Suite struct QuotaTests {
  @Test func whatIsTooMuchIsRefusedAndSaysHowMuch() async throws {
    let world = try await AttachmentsWorld(limits: FileLimits(fileBytes: 100, tenantBytes: 150))
    let incident = try await world.incident()
    let first = try await world.attach([UInt8](repeating: 65, count: 100), to: incident)
    do {
      try await world.attach([UInt8](repeating: 66, count: 51), to: incident)
      Issue.record("it passed the quota")
    } catch let failure as Failure {
      #expect(failure.code == "attachments.quota" && failure.arguments == ["used": "100", "quota": "150", "bytes": "51"], "\(failure)")
    }
    await expectFailure(.tooLarge) { try await world.attach([UInt8](repeating: 66, count: 101), to: incident) }
    try await world.attach([UInt8](repeating: 66, count: 50), to: incident)
    #expect(try await world.storage()["usedBytes"]?.integer == 150)
    // Another customer has his own.
    try await world.attach([UInt8](repeating: 66, count: 100), to: try await world.incident(of: world.other))

    // What is deleted counts until it is gone, so that nobody fills the disk by deleting.
    try await world.delete(first)
    await expectFailure(.conflict) { try await world.attach("x", to: incident) }
    try world.nextDay()
    try await world.sweepOnce()
    #expect(try await world.storage()["usedBytes"]?.integer == 50)
    try await world.attach("x", to: incident)
  }

  @Test func manyAtOnceDoNotPassItTogether() async throws {
    let world = try await AttachmentsWorld(limits: FileLimits(tenantBytes: 35))
    let incident = try await world.incident()
    let done = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<8 {
        group.addTask { (try? await world.attach([UInt8](repeating: UInt8(65 + number), count: 10), to: incident)) != nil }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(done == 3)
    #expect(try await world.storage()["usedBytes"]?.integer == 30)
    #expect(try await world.rows() == 3)
    #expect(world.kept().count == 3 && world.incoming() == [], "what was refused lies nowhere, uncounted: \(world.files())")
  }

  @Test func aCustomerMayHaveALimitOfItsOwn() async throws {
    let world = try await AttachmentsWorld(limits: FileLimits(tenantBytes: 10))
    let incident = try await world.incident()
    let customer = Value.id(world.acme.publicId)
    await expectFailure(.conflict) { try await world.attach([UInt8](repeating: 65, count: 11), to: incident) }
    await expectFailure(.denied) { try await world.call("attachment_storage.limit", ["customer": customer, "quotaBytes": 100]) }
    let set = try await world.call("attachment_storage.limit", ["customer": customer, "quotaBytes": 100], as: world.administrator, version: 1)
    #expect(set["quotaBytes"]?.integer == 100 && set["isOwnQuota"] == .bool(true) && set["version"]?.integer == 2, "\(set)")
    try await world.attach([UInt8](repeating: 65, count: 11), to: incident)
    await expectFailure(.versionRequired) { try await world.call("attachment_storage.limit", ["customer": customer], as: world.administrator) }
    await expectFailure(.versionMismatch) {
      try await world.call("attachment_storage.limit", ["customer": customer, "quotaBytes": 5], as: world.administrator, version: 1)
    }
    // Less than there is takes nothing away, and adds nothing.
    try await world.call("attachment_storage.limit", ["customer": customer, "quotaBytes": 5], as: world.administrator, version: 2)
    #expect(try await world.list(incident).count == 1)
    await expectFailure(.conflict) { try await world.attach("x", to: incident) }
    let usual = try await world.call("attachment_storage.limit", ["customer": customer], as: world.administrator, version: 3)
    #expect(usual["quotaBytes"]?.integer == 10 && usual["isOwnQuota"] == .bool(false), "\(usual)")
    let manager = try await world.database.user(.customerManager, of: world.acme)
    #expect(try await world.call("attachment_storage.read", as: manager)["usedBytes"]?.integer == 11)
  }
}
