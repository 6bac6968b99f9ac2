import Foundation
import Kernel
import TestSupport
import Testing

@testable import TLS

@Suite struct CertificateTests {
  private static let now = SystemClock().now()

  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    try body(folder)
  }

  @Test func makesOnceAndRenewsInTime() throws {
    try withFolder { folder in
      let first = try TrialCertificates.prepare(folder: folder, now: Self.now)
      #expect(first.isNew)
      for name in ["ca.key", "server.key"] {
        let mode = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")[.posixPermissions] as? Int
        #expect(mode == 0o600, "\(name)")
      }
      let certificates = try ServerCertificates(files: first.server)
      #expect(certificates.daysLeft(at: Self.now) == 365 || certificates.daysLeft(at: Self.now) == 364)
      #expect(certificates.expiryWarning(at: Self.now.adding(seconds: 333 * 86_400)) == nil)
      #expect(certificates.expiryWarning(at: Self.now.adding(seconds: 336 * 86_400)).map { (28...30).contains($0) } == true)
      #expect(certificates.expiryWarning(at: Self.now.adding(seconds: 400 * 86_400)).map { $0 < 0 } == true)
      let authority = try String(contentsOfFile: first.authorityFile, encoding: .utf8)
      let server = try String(contentsOfFile: first.server.certificate, encoding: .utf8)
      #expect(try !TrialCertificates.prepare(folder: folder, now: Self.now).isNew)
      #expect(try !TrialCertificates.prepare(folder: folder, now: Self.now.adding(seconds: 330 * 86_400)).isNew)
      #expect(try String(contentsOfFile: first.server.certificate, encoding: .utf8) == server)
      #expect(try TrialCertificates.prepare(folder: folder, now: Self.now.adding(seconds: 340 * 86_400)).isNew)
      #expect(try TrialCertificates.prepare(folder: folder, names: ["steward.example", "192.0.2.7"], now: Self.now).isNew)
      #expect(try !TrialCertificates.prepare(folder: folder, names: ["steward.example"], now: Self.now).isNew)
      #expect(try String(contentsOfFile: first.authorityFile, encoding: .utf8) == authority, "the clients' trust lasts")
      #expect(try TrialCertificates.prepare(folder: folder, now: Self.now.adding(seconds: 3640 * 86_400)).isNew)
      #expect(try String(contentsOfFile: first.authorityFile, encoding: .utf8) != authority)
    }
  }

  @Test func neverOverwritesWhatItCannotRead() throws {
    try withFolder { folder in
      _ = try TrialCertificates.prepare(folder: folder, now: Self.now)
      try "not a key".write(toFile: "\(folder)/ca.key", atomically: true, encoding: .utf8)
      #expect(throws: CertificateError.self) { try TrialCertificates.prepare(folder: folder, now: Self.now) }
      #expect(try String(contentsOfFile: "\(folder)/ca.key", encoding: .utf8) == "not a key")
    }
  }

  @Test(arguments: ["a,DNS:evil.example", "a b", "", "a\nb", "例.cn"]) func refusesNamesThatAreNone(name: String) throws {
    try withFolder { folder in
      #expect(throws: CertificateError.self) { try TrialCertificates.prepare(folder: folder, names: [name], now: Self.now) }
    }
  }

  @Test func aBadPairLeavesTheOldOne() throws {
    try withFolder { folder in
      let trial = try TrialCertificates.prepare(folder: folder, now: Self.now)
      let certificates = try ServerCertificates(files: trial.server)
      let before = certificates.context()
      let good = try String(contentsOfFile: trial.server.key, encoding: .utf8)
      let authorityKey = try String(contentsOfFile: "\(folder)/ca.key", encoding: .utf8)
      for (content, reason) in [(authorityKey, "does not belong"), ("", "no unencrypted private key"), ("-----BEGIN", "no unencrypted private key")] {
        try content.write(toFile: trial.server.key, atomically: true, encoding: .utf8)
        let error = #expect(throws: CertificateError.self) { try certificates.reload() }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains("server.key") == true)
      }
      #expect(certificates.context() === before)
      try good.write(toFile: trial.server.key, atomically: true, encoding: .utf8)
      try certificates.reload()
      #expect(certificates.context() !== before)
    }
  }

  @Test func ticketKeysRotate() throws {
    try withFolder { folder in
      let trial = try TrialCertificates.prepare(folder: folder, now: Self.now)
      let lasting = try ServerCertificates(files: trial.server)
      #expect(lasting.context() === lasting.context())
      let rotating = try ServerCertificates(files: trial.server, ticketKeyLifetime: .zero)
      #expect(rotating.context() !== rotating.context())
    }
  }
}
