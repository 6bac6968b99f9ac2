import Operations
import Testing

@testable import HTTPAPI

@Suite struct APILockTests {
  static let base = """
    incident.open route POST /v1/incidents
    incident.open in title text least=1 most=200 required
    incident.open in impact integer least=1 most=4 clearable
    incident.open in state choice of=active|new clearable
    incident.open in tags list least=0 most=20 clearable
    incident.open in tags[] text least=1 most=50
    incident.open out id id
    incident.open out items list

    """

  @Test(arguments: [
    ("incident.open in title text least=1 most=200 required", "", "incident.open in title is gone"),
    ("incident.open out id id\n", "", "incident.open out id is gone"),
    ("out id id", "out id text", "incident.open out id was id, is text"),
    ("POST /v1/incidents", "POST /v1/tickets", "incident.open route was POST /v1/incidents, is POST /v1/tickets"),
    ("POST /v1/incidents", "POST /v1/incidents if-match", "incident.open route demands If-Match now"),
    ("title text least=1 most=200", "title text least=1 most=100", "incident.open in title takes less: most 200, now 100"),
    ("impact integer least=1", "impact integer least=2", "incident.open in impact takes less: least 1, now 2"),
    ("least=1 most=4 clearable", "least=1 most=4", "incident.open in impact can no longer be null"),
    ("least=1 most=4 clearable", "least=1 most=4 clearable required", "incident.open in impact is required now"),
    ("of=active|new", "of=active", "incident.open in state no longer takes new"),
    ("tags[] text least=1 most=50", "tags[] text least=1 most=49", "incident.open in tags[] takes less: most 50, now 49"),
    ("incident.open out id id\n", "incident.open out id id\nincident.open in site id:unit required\n", "incident.open in site is new and required"),
    (
      "incident.open in title text least=1 most=200 required", "incident.open in title object required\nincident.open in title.en text required",
      "incident.open in title was text, is object"
    ),
    ("state choice of=active|new", "state text least=1 most=5", "incident.open in state was choice, is text"),
  ])
  func whatBreaksAClientIsNamed(old: String, new: String, named: String) {
    let changed = Self.base.replacing(old, with: new)
    #expect(changed != Self.base)
    #expect(APILock.breaking(Self.base, changed).contains(named), "\(APILock.breaking(Self.base, changed))")
  }

  @Test(arguments: [
    ("most=200", "most=300"), ("of=active|new", "of=active|closed|new"), ("title text", "title lines"), ("most=200 required", "most=200"),
    ("state choice of=active|new", "state text least=1 most=6"),
    ("incident.open out items list\n", "incident.open out items list\nincident.open in site id:unit clearable\n"),
    ("incident.open out items list\n", "incident.open out items list\nincident.open out more text\n"),
    ("incident.open out items list\n", "incident.open out items list\nincident.close route POST /v1/x\nincident.close in id id:inc required\n"),
    ("incident.open out items list\n", "incident.open out items list\nincident.open in site object\nincident.open in site.name text required\n"),
  ])
  func whatBreaksNobodyPasses(old: String, new: String) {
    let changed = Self.base.replacing(old, with: new)
    #expect(changed != Self.base)
    #expect(APILock.breaking(Self.base, changed) == [])
  }

  @Test func aRemovedOperationIsNamed() {
    #expect(APILock.breaking(Self.base, "").contains("incident.open route is gone"))
  }

  @Test func theLockHoldsEveryOperationAndField() throws {
    let registry = try Registry([PlatformModule.self, SampleModule.self])
    let text = APILock.text(registry)
    for operation in registry.operations {
      #expect(text.contains("\(operation.declaration.name) route "))
      for field in operation.inputFields { #expect(text.contains("\n\(operation.declaration.name) in \(field.name) ")) }
    }
    #expect(text.contains("sample.check in parts[].name text least=1 most=20 required\n"))
    #expect(text.contains("customer.change route PATCH /v1/customers/{id} if-match\n"))
    #expect(text.contains("customer.list out items[].id id\n"))
    #expect(APILock.breaking(text, text) == [])
    #expect(try APILock.text(Registry([SampleModule.self, PlatformModule.self])) == text)
  }
}
