import Kernel
import Synchronization
import Testing

@testable import TLS

@Suite struct PasswordHasherTests {
  @Test(arguments: [
    // RFC 7914, section 12.
    (
      "", "", 4, 1, 1,
      "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"
    ),
    (
      "password", "NaCl", 10, 8, 16,
      "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
    ),
    (
      "pleaseletmein", "SodiumChloride", 14, 8, 1,
      "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
    ),
  ])
  func keysOfTheStandard(password: String, salt: String, logN: Int, r: Int, p: Int, key: String) throws {
    let parameters = try #require(Scrypt.Parameters(logN: logN, r: r, p: p))
    #expect(Scrypt.derive(password: Array(password.utf8), salt: Array(salt.utf8), parameters: parameters, byteCount: 64) == hex(key))
  }

  @Test func standardParametersFitTheMemoryLimit() {
    #expect(Scrypt.Parameters.standard == Scrypt.Parameters(logN: 17, r: 8, p: 1))
    #expect(Scrypt.derive(password: [1], salt: [2], parameters: .standard, byteCount: 32)?.count == 32)
  }

  @Test(arguments: [(0, 8, 1), (21, 8, 1), (20, 9, 1), (17, 0, 1), (17, 8, 0), (17, 33, 1), (17, 8, 33)])
  func refusesParametersThatExhaustTheMachine(logN: Int, r: Int, p: Int) {
    #expect(Scrypt.Parameters(logN: logN, r: r, p: p) == nil)
  }

  private static let weak = Scrypt.Parameters(logN: 4, r: 1, p: 1) ?? .standard

  @Test func verifiesWhatItHashed() async throws {
    let hasher = PasswordHasher(parameters: Self.weak)
    let stored = try await hasher.hash("correct horse 电池")
    let read = try #require(PasswordHash(stored.description))
    #expect(read == stored)
    #expect(try await hasher.verify("correct horse 电池", against: read))
    #expect(try await !hasher.verify("correct horse", against: read))
    #expect(try await !hasher.verify("", against: nil))
    #expect(try await hasher.hash("correct horse 电池") != stored, "the salt is random")
    #expect(!hasher.isOutdated(stored))
    #expect(PasswordHasher().isOutdated(stored))
  }

  @Test(arguments: ["", "scrypt", "scrypt$17$8$1$$", "bcrypt$17$8$1$0$0", "scrypt$64$8$1$00000000000000000000000000$0", "scrypt$-1$8$1$0$0"])
  func refusesOtherTexts(text: String) {
    #expect(PasswordHash(text) == nil)
  }

  /// Many callers at one slot: some compute one after the other, the rest hear `busy`, and the slot is free afterwards.
  @Test func boundsWhatRunsAndWhatWaits() async throws {
    let parameters = try #require(Scrypt.Parameters(logN: 14, r: 8, p: 1))
    let hasher = PasswordHasher(slots: 1, places: 2, parameters: parameters)
    let outcomes = await withTaskGroup(of: Failure.Kind?.self) { group in
      for _ in 0..<20 {
        group.addTask {
          do {
            _ = try await hasher.hash("x")
            return nil
          } catch {
            return (error as? Failure)?.kind
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.contains(.busy))
    #expect(outcomes.count { $0 == nil } >= 3)
    #expect(outcomes.allSatisfy { $0 == nil || $0 == .busy })
    _ = try await hasher.hash("the slot is free again")
  }

  @Test func cancelledCallersLeaveTheQueue() async throws {
    let parameters = try #require(Scrypt.Parameters(logN: 14, r: 8, p: 1))
    let hasher = PasswordHasher(slots: 1, places: 50, parameters: parameters)
    let callers = (0..<40).map { _ in Task { try await hasher.hash("x") } }
    for caller in callers { caller.cancel() }
    for caller in callers {
      let result = await caller.result
      if case .failure(let error) = result { #expect(error is CancellationError) }
    }
    _ = try await hasher.hash("the slot is free again")
  }
}
