import Foundation
import Kernel
import ServiceTime

/// Reads the fields of a log. What a text means is worked out once for each distinct text.
struct FieldReader {
  typealias Date = Zone.Reading

  private let profile: ImportProfile
  private let missing: [UInt8]
  private var dates = Memo<Date>()
  private var numbers = Memo<Int64>()
  private var states = Memo<ImportProfile.State>()
  private var names: [KeyPath<ImportProfile, [String: Int64]>: Memo<Int64>] = [:]

  init(_ profile: ImportProfile) {
    self.profile = profile
    missing = Array(profile.file.missing.utf8)
  }

  func isMissing(_ field: UnsafeRawBufferPointer) -> Bool { field.isEmpty || field.elementsEqual(missing) }

  mutating func date(_ text: TextPool.Index, _ pool: TextPool) -> Date? {
    if profile.file.dates == .offset {
      return dates(text) { Instant(pool[text]).map { Date(instant: $0, isCertain: true) } }
    }
    return dates(text) {
      pool.withBytes(text, profile.file.dates.wallClockSeconds).map { profile.file.zone.reading(wallClockSeconds: $0) }
    }
  }

  mutating func number(_ text: TextPool.Index, _ pool: TextPool) -> Int64? { numbers(text) { Int64(pool[text]) } }

  mutating func state(_ text: TextPool.Index, _ pool: TextPool) -> ImportProfile.State? { states(text) { profile.states[pool[text]] } }

  mutating func named(_ text: TextPool.Index, in table: KeyPath<ImportProfile, [String: Int64]>, _ pool: TextPool) -> Int64? {
    names[table, default: Memo()](text) { profile[keyPath: table][pool[text]] }
  }

  func verdict(_ text: TextPool.Index, _ pool: TextPool) -> Bool? {
    guard let verdicts = profile.verdicts else { return nil }
    let text = pool[text]
    return text == verdicts.met ? true : text == verdicts.missed ? false : nil
  }
}

/// What texts mean, by their numbers.
private struct Memo<Meaning> {
  private enum Entry {
    case unknown
    case known(Meaning?)
  }

  private var entries: [Entry] = []

  mutating func callAsFunction(_ text: TextPool.Index, _ meaning: () -> Meaning?) -> Meaning? {
    let index = Int(text)
    if index < entries.count, case .known(let known) = entries[index] { return known }
    if index >= entries.count { entries += repeatElement(.unknown, count: max(index + 1 - entries.count, entries.count)) }
    let meaning = meaning()
    entries[index] = .known(meaning)
    return meaning
  }
}
