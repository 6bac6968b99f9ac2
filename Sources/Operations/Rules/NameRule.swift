import Kernel
import Postgres
import Tenancy

/// Puts ids where an input names things as people do: a customer by its code, a ticket by its number, a person by the e-mail address.
/// It only looks names up. What comes out is judged like any id that was given: who may not see the thing is told what he would be told
/// of a name that nobody has.
struct NameRule: Sendable {
  let tenancy: Tenancy

  /// More names than that in one call are left as they are, and refused like any text that is no id. No list of ids is longer.
  private static let most = 1000

  private struct Name: Hashable {
    let kind: IdKind
    let text: String
  }

  /// The input with ids in place of codes and numbers.
  func withIds(_ input: Value, _ fields: [any InputField]) async throws -> Value {
    let names = names(in: input, fields) { kind, text in
      switch kind.name {
      case .code?: TenantCode.read(text) != nil
      case .number?: ThingNumber(text)?.kind == kind.prefix
      case .email?, nil: false
      }
    }
    guard !names.isEmpty else { return input }
    let numbers = names.compactMap { name in name.kind.name == .number ? ThingNumber(name.text) : nil }
    let codes = names.compactMap { name in name.kind.name == .code ? TenantCode.read(name.text) : nil } + numbers.compactMap(\.code)
    let (tenants, found) = try await tenancy.named(codes: Set(codes).sorted(), numbers: Array(Set(numbers)))
    let provider = try await tenancy.provider()
    var ids: [Name: Value] = [:]
    for name in names {
      var id: PublicId?
      var handle: TenantHandle?
      if name.kind.name == .number, let number = ThingNumber(name.text) {
        id = found[number]
        if let code = number.code { handle = tenants[code]?.handle } else { handle = provider?.handle }
      } else if let code = TenantCode.read(name.text) {
        id = tenants[code]?.publicId
      }
      // What nobody has gets an id that nothing has, of the tenant that its number names: it is answered as what is hidden there is, and a
      // slip of the pen is no reach into another customer.
      ids[name] = .id(id ?? PublicId.none(kind: name.kind.prefix, handle: handle ?? TenantHandle(0)))
    }
    return replacing(fields, input, ids)
  }

  /// The input with e-mail addresses in their one spelling: what is the same call, whomever an address names by now.
  func withSpelledPeople(_ input: Value, _ fields: [any InputField]) -> Value {
    let names = names(in: input, fields, where: Self.isAddress)
    return replacing(fields, input, Dictionary(names.map { ($0, Value.text(LoginName.canonical($0.text))) }) { first, _ in first })
  }

  /// The input with ids in place of e-mail addresses of people of the tenant: of those whom the caller may see.
  func withPeople(_ input: Value, _ fields: [any InputField], of target: () async throws -> TenantEntry, _ principal: Principal, _ access: Access)
    async throws -> Value
  {
    let names = names(in: input, fields, where: Self.isAddress)
    guard !names.isEmpty else { return input }
    let tenant = try await target()
    let found = try await tenancy.transaction(binding: [tenant.id], side: principal.side, readOnly: true) { transaction in
      try await transaction.last(PersonsByEmail(tenant: tenant.id, emails: names.map { LoginName.canonical($0.text) }, scope: access.rows))
    }
    let byEmail = Dictionary(found.map { ($0.email, $0.publicId) }) { first, _ in first }
    var ids: [Name: Value] = [:]
    for name in names {
      let bits = byEmail[LoginName.canonical(name.text)]
      ids[name] = .id(bits.map { tenant.id(name.kind.prefix, $0) } ?? PublicId.none(kind: name.kind.prefix, handle: tenant.handle))
    }
    return replacing(fields, input, ids)
  }

  private static func isAddress(_ kind: IdKind, _ text: String) -> Bool { kind.name == .email && text.contains("@") }

  // MARK: Where names stand

  private func names(in input: Value, _ fields: [any InputField], where isName: (IdKind, String) -> Bool) -> [Name] {
    var found: [Name] = []
    var seen: Set<Name> = []
    func look(_ type: FieldType, _ value: Value) {
      switch type {
      case .id(let kind):
        guard let text = value.text, kind.name != nil, found.count < Self.most, PublicId(text) == nil, isName(kind, text) else { return }
        let name = Name(kind: kind, text: text)
        if seen.insert(name).inserted { found.append(name) }
      case .list(let element, _): for value in value.array ?? [] { look(element, value) }
      case .object(let fields): for field in fields { if let member = value[field.name] { look(field.type, member) } }
      default: break
      }
    }
    look(.object(fields), input)
    return found
  }

  private func replacing(_ fields: [any InputField], _ value: Value, _ ids: [Name: Value]) -> Value {
    guard let members = value.members else { return value }
    let byName = Dictionary(fields.map { ($0.name, $0.type) }) { first, _ in first }
    return .object(
      members.map { member in
        guard let type = byName[member.name] else { return member }
        return Value.Member(member.name, replacing(type, member.value, ids))
      })
  }

  private func replacing(_ type: FieldType, _ value: Value, _ ids: [Name: Value]) -> Value {
    switch type {
    case .id(let kind): value.text.flatMap { ids[Name(kind: kind, text: $0)] } ?? value
    case .list(let element, _): value.array.map { values in Value.array(values.map { replacing(element, $0, ids) }) } ?? value
    case .object(let fields): replacing(fields, value, ids)
    default: value
    }
  }
}
