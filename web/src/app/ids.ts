import { useParams } from "@tanstack/react-router";

/** The ids in this page's address; a page reads only those that its own route has. */
export function useIds(): { network: string; organisation: string; session: string } {
  const found = useParams({ strict: false }) as Partial<
    Record<"network" | "organisation" | "session", string>
  >;
  return {
    network: found.network ?? "",
    organisation: found.organisation ?? "",
    session: found.session ?? "",
  };
}
