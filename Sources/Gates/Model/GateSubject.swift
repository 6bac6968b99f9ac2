import Kernel

/// What goes through gates.
package struct GateSubject: Sendable, Hashable {
  let kind: String
  let key: [UInt8]

  /// By the random bits of its public id.
  package static func one(of process: GateProcess, _ publicId: [UInt8]) -> GateSubject { GateSubject(kind: process.rawValue, key: publicId) }

  package static func incident(_ publicId: [UInt8]) -> GateSubject { one(of: .incident, publicId) }

  /// An incident that somebody is about to open: there is none yet, so the stay at the gate is the account's.
  package static func opening(by actor: Actor) -> GateSubject {
    GateSubject(kind: "opening", key: withUnsafeBytes(of: actor.id.bigEndian) { Array($0) })
  }

  /// What an account was stopped at while it opened an incident, so long ago, it was not about to open this one.
  static let openingSeconds: Int64 = 3600

  var isOpening: Bool { kind == "opening" }
}
